import type { PeerKind } from '@tomte/model';
import type { ProcessIdentity } from './process-table.ts';

/** Where a process runs in Kubernetes; empty strings where there is nothing to say. */
export interface Placement {
  readonly namespaceName: string;
  readonly podName: string;
  readonly podUid: string;
  readonly containerName: string;
  readonly workloadKind: string;
  readonly workloadName: string;
  readonly nodeName: string;
  /** Kubernetes service that the pod serves. */
  readonly serviceName: string;
  readonly unresolvedReason: '' | 'no_cluster' | 'host_process' | 'pod_unknown' | 'process_unknown';
}

/** Whose an address was at a time. */
export interface Peer {
  readonly kind: PeerKind;
  readonly namespaceName: string;
  readonly podName: string;
  readonly workloadKind: string;
  readonly workloadName: string;
  readonly nodeName: string;
  readonly serviceName: string;
  readonly unresolvedReason: '' | 'no_cluster' | 'not_yet_known' | 'external' | 'address_unknown';
}

/**
 * What a pipeline asks of the cluster that it runs in. An answer is undefined while it may still become known;
 * asked with `isLast`, there is always one, with the reason for what it lacks.
 */
export interface ClusterView {
  placementOf(process: ProcessIdentity | undefined, isLast: boolean): Placement | undefined;
  /** @param address 16 bytes, IPv4 as v4-mapped; undefined where the source does not know it */
  peerOf(address: Uint8Array | undefined, atWallNs: bigint, isLast: boolean): Peer | undefined;
  /** Whether what is told of that time can no longer change: until then an address is asked about again. */
  isSettled(atWallNs: bigint): boolean;
}

const nothing = {
  namespaceName: '',
  podName: '',
  workloadKind: '',
  workloadName: '',
  nodeName: '',
  serviceName: '',
};

export function placementWithout(reason: Placement['unresolvedReason'], nodeName = ''): Placement {
  return { ...nothing, podUid: '', containerName: '', nodeName, unresolvedReason: reason };
}

export function peerWithout(kind: PeerKind, reason: Peer['unresolvedReason']): Peer {
  return { ...nothing, kind, unresolvedReason: reason };
}

const LOOPBACK_NET = 127;
const MAPPED_PREFIX_BYTES = 12;

/** 127.0.0.0/8 (v4-mapped) or ::1. */
export function isLoopbackAddress(address: Uint8Array): boolean {
  for (let at = 0; at < 10; at += 1) if (address[at] !== 0) return false;
  if (address[10] === 0xff && address[11] === 0xff) return address[MAPPED_PREFIX_BYTES] === LOOPBACK_NET;
  return (
    address[10] === 0 && address[11] === 0 && address[12] === 0 && address[13] === 0 && address[15] === 1
  );
}

const nowhere = placementWithout('no_cluster');
const nobody = peerWithout('unknown', 'no_cluster');
const ownMachine = peerWithout('loopback', '');

/** Outside of a cluster: only loopback says something of the other end. */
export const noCluster: ClusterView = {
  placementOf: () => nowhere,
  peerOf: (address) => (address !== undefined && isLoopbackAddress(address) ? ownMachine : nobody),
  isSettled: () => true,
};
