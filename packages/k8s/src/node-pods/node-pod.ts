/** A pod of this node, with the fields that an agent uses. */
export interface NodePod {
  readonly uid: string;
  /** Of a static pod, whose cgroup is named by this and not by `uid`; else empty. */
  readonly configHash: string;
  readonly namespace: string;
  readonly name: string;
  readonly hostNetwork: boolean;
  readonly ips: readonly string[];
  /** Of the labels and annotations only those that the watch was asked for. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** The controller that the pod itself names, such as a ReplicaSet; `workload` needs the collector's word. */
  readonly ownerKind: string;
  readonly ownerName: string;
  readonly containers: readonly NodeContainer[];
  /** Names of the containers of its definition, init and ephemeral ones included: known before any has started. */
  readonly containerNames: readonly string[];
}

export interface NodeContainer {
  /** 64 hexadecimal digits, as in the cgroup's name, without the runtime's scheme. */
  readonly id: string;
  readonly name: string;
}

/** What the agent asks about its own node's pods; `watchNodePods` gives the real one. */
export interface NodePods {
  /** Whether the API server's list was taken once. It stays so while the API server is away. */
  readonly isSynced: boolean;
  /** By the uid of its cgroup: of a static pod the hash of its manifest. */
  podOfUid(uid: string): NodePod | undefined;
  podOfContainer(containerId: string): { readonly pod: NodePod; readonly containerName: string } | undefined;
  /** Pods that live, and those that ended within the last minutes. */
  pods(): Iterable<NodePod>;
  /** Requests sent to the API server since the start, a watch being one. */
  readonly requestCount: number;
  close(): void;
}
