/**
 * What collectors send to agents, field by field the messages of `agent.proto` (where each field is explained): this
 * room cannot import `wire`. `strings` is the table of a message: texts are given by their place in it, from 1; 0 is
 * the empty text. Addresses are 4 or 16 bytes, uids 16; times are milliseconds since the Unix epoch, 0 for none.
 */
export interface EntityUpdate {
  readonly feedId: bigint;
  readonly version: number;
  readonly baseVersion: number;
  readonly snapshotPart: number;
  readonly snapshotParts: number;
  readonly asOfMs: number;
  readonly strings: string[];
  readonly pods: PodEntry[];
  readonly services: ServiceEntry[];
  readonly nodes: NodeEntry[];
  readonly clusterRanges: AddressRange[];
}

export interface PodEntry {
  readonly uid: Uint8Array;
  readonly namespace: number;
  readonly name: string;
  /** `name` is what follows the workload's name and a hyphen. */
  readonly isNameShort: boolean;
  readonly nodeName: number;
  readonly addresses: Uint8Array[];
  readonly isHostNetwork: boolean;
  readonly workloadKind: number;
  readonly workloadName: number;
  readonly services: number[];
  readonly startedMs: number;
  readonly endedMs: number;
}

export interface ServiceEntry {
  readonly uid: Uint8Array;
  readonly namespace: number;
  readonly name: string;
  readonly addresses: Uint8Array[];
  readonly startedMs: number;
  readonly endedMs: number;
}

export interface NodeEntry {
  readonly uid: Uint8Array;
  readonly name: string;
  readonly addresses: Uint8Array[];
  readonly podRanges: AddressRange[];
  readonly startedMs: number;
  readonly endedMs: number;
}

export interface AddressRange {
  readonly address: Uint8Array;
  readonly prefixBits: number;
}

/** Where an agent stands: it says so in its Hello and is sent what it lacks. */
export interface FeedPosition {
  /** 0n: it knows nothing. */
  readonly feedId: bigint;
  readonly version: number;
}
