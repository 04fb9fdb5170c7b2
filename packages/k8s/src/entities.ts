/**
 * What is told of the cluster's objects. Times are nanoseconds since the Unix epoch; `endedWallNs` is 0n while it
 * lives. Addresses are texts as Kubernetes writes them.
 */
export interface PodEntity {
  readonly kind: 'pod';
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly nodeName: string;
  /** Its own addresses; with `hostNetwork` they are its node's, and it does not hold them. */
  readonly ips: readonly string[];
  readonly hostNetwork: boolean;
  /** Top of the chain of controllers: Deployment, CronJob, a custom kind; `Pod` where nothing controls it. */
  readonly workloadKind: string;
  readonly workloadName: string;
  /** Services whose endpoint slices name it; those with an address of their own first, then by name. */
  readonly services: readonly string[];
  /** By the allow-list only. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Since when it may hold its addresses. Kubernetes counts whole seconds: a lower bound. */
  readonly startedWallNs: bigint;
  /** When its last container had ended, or it was gone: it holds no address from then on. */
  readonly endedWallNs: bigint;
}

export interface ServicePort {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
}

export interface ServiceEntity {
  readonly kind: 'service';
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  /** None for a headless one. */
  readonly clusterIps: readonly string[];
  /** Its external addresses and those of its load balancer. */
  readonly externalIps: readonly string[];
  readonly ports: readonly ServicePort[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startedWallNs: bigint;
  readonly endedWallNs: bigint;
}

export interface NodeEntity {
  readonly kind: 'node';
  readonly uid: string;
  readonly name: string;
  readonly addresses: readonly string[];
  /** Ranges that its pods take addresses from, where the cluster hands them out by node. */
  readonly podCidrs: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startedWallNs: bigint;
  readonly endedWallNs: bigint;
}

/** What agents are told of. */
export type Entity = PodEntity | ServiceEntity | NodeEntity;

/** A namespace or a controller: for the history only. */
export interface ObjectEntity {
  readonly kind: 'object';
  /** `Namespace`, `Deployment`, a custom kind. */
  readonly objectKind: string;
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly ownerKind: string;
  readonly ownerName: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startedWallNs: bigint;
  readonly endedWallNs: bigint;
}
