/** Who holds an address, or is behind a uid. Texts are empty where they do not apply. */
export interface Peer {
  /**
   * external: no address of the cluster, as far as the book knows. unknown_yet: the book has no snapshot yet, or the
   * address is inside a range of the cluster's and nobody was told of who holds it.
   */
  readonly kind: 'pod' | 'service' | 'node' | 'external' | 'unknown_yet';
  readonly namespace: string;
  readonly name: string;
  readonly podUid: string;
  readonly workloadKind: string;
  readonly workloadName: string;
  readonly nodeName: string;
  /** Of a pod the first of its services, of a service its own name. */
  readonly serviceName: string;
  readonly services: readonly string[];
}

/** What the agent asks of the cluster; `AddressBook` is the real one. */
export interface PeerDirectory {
  /** Whether a whole snapshot was applied. */
  readonly isSynced: boolean;
  /**
   * Whether what is told of holders at that time can no longer change: the collector has seen some seconds more. Until
   * then the answer of `resolve` is the best so far.
   * @param atWallNs nanoseconds since the Unix epoch
   */
  isSettled(atWallNs: bigint): boolean;
  /** @param address 16 bytes in network order, IPv4 as v4-mapped */
  resolve(address: Uint8Array, atWallNs: bigint): Peer;
  /** @param uid a UUID: of a static pod that of its mirror pod. Undefined while it was not told. */
  podByUid(uid: string): Peer | undefined;
}
