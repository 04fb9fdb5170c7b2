import { field, objectAt, textAt } from '../objects/json.ts';
import type { KeptNames } from '../objects/kept-names.ts';
import { toMeta } from '../objects/meta.ts';
import type { Owner } from '../objects/meta.ts';
import { addressSince, containersEnded, hasEnded, podIps } from '../objects/pod-facts.ts';

const MAX_IPS = 8;

/** The fields of a pod that a collector keeps. */
export interface ClusterPod {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly nodeName: string;
  readonly ips: readonly string[];
  readonly hostNetwork: boolean;
  readonly owner: Owner | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** See PodEntity. */
  readonly startedWallNs: bigint;
  readonly endedWallNs: bigint;
  /** It is being deleted. */
  readonly isEnding: boolean;
  /** Its address has changed while it lived. */
  readonly hasMoved: boolean;
}

/**
 * @param before what was kept of it so far
 * @param nowWallNs when it was seen
 */
export function toClusterPod(
  object: unknown,
  kept: KeptNames,
  { before, nowWallNs }: { before: ClusterPod | undefined; nowWallNs: bigint },
): ClusterPod | undefined {
  const meta = toMeta(object);
  if (meta === undefined) return undefined;
  const spec = objectAt(object, 'spec');
  const ips = podIps(object).slice(0, MAX_IPS);
  const { startedWallNs, hasMoved } = holdOf(object, {
    ips,
    before,
    nowWallNs,
    createdWallNs: meta.createdWallNs,
  });
  return {
    uid: meta.uid,
    namespace: meta.namespace,
    name: meta.name,
    nodeName: textAt(spec, 'nodeName'),
    // What has ended may be told without its addresses.
    ips: ips.length === 0 && before !== undefined ? before.ips : ips,
    hostNetwork: field(spec, 'hostNetwork') === true,
    // Static pods name their node.
    owner: meta.owner?.kind === 'Node' ? undefined : meta.owner,
    labels: kept.labelsOf(object),
    annotations: kept.annotationsOf(object),
    isEnding: textAt(objectAt(object, 'metadata'), 'deletionTimestamp') !== '',
    startedWallNs,
    hasMoved,
    endedWallNs: hasEnded(object) ? endOf(object, before?.endedWallNs ?? 0n, nowWallNs) : 0n,
  };
}

/** The pod was deleted, or a list no longer names it. */
export function endClusterPod(pod: ClusterPod, object: unknown, nowWallNs: bigint): ClusterPod {
  return { ...pod, endedWallNs: endOf(object, pod.endedWallNs, nowWallNs) };
}

/** An end that was told stays: what is known later is that it is gone, not when it ended. */
function endOf(object: unknown, known: bigint, nowWallNs: bigint): bigint {
  if (known > 0n) return known;
  const ended = containersEnded(object);
  return ended > 0n && ended < nowWallNs ? ended : nowWallNs;
}

interface Hold {
  readonly startedWallNs: bigint;
  readonly hasMoved: boolean;
}

/** A pod whose sandbox was made anew has another address, from about when that was seen. */
function holdOf(
  object: unknown,
  seen: { ips: readonly string[]; before: ClusterPod | undefined; nowWallNs: bigint; createdWallNs: bigint },
): Hold {
  const { ips, before, nowWallNs, createdWallNs } = seen;
  const hadIps = before !== undefined && before.ips.length > 0;
  if (ips.length === 0) return hadIps ? before : { startedWallNs: createdWallNs, hasMoved: false };
  const told = addressSince(object);
  if (!hadIps) return { startedWallNs: told > 0n ? told : nowWallNs, hasMoved: false };
  if (before.ips.join() !== ips.join()) return { startedWallNs: nowWallNs, hasMoved: true };
  // Restarts are told later and later; the address is as old as the first of them.
  const isEarlier = told > 0n && told < before.startedWallNs && !before.hasMoved;
  return { startedWallNs: isEarlier ? told : before.startedWallNs, hasMoved: before.hasMoved };
}
