import type {
  AddressRange,
  EntityUpdate,
  FeedPosition,
  NodeEntry,
  PodEntry,
  ServiceEntry,
} from '../feed/entity-update.ts';
import { readUid, toMapped } from '../address-bytes.ts';
import { AddressRanges } from './address-ranges.ts';
import { entityKind, EntityTable } from './entity-table.ts';
import type { EntityTexts } from './entity-table.ts';
import { Holds } from './holds.ts';
import type { Peer, PeerDirectory } from './peer.ts';
import { ReadyPeers } from './ready-peers.ts';

/** Pods, services and nodes of a cluster of Kubernetes' largest size (150,000 pods), with what ended lately. */
const MAX_ENTITIES = 250_000;
const MAX_ADDRESSES_PER_ENTITY = 16;
/** How long the book remembers who held an address; rows that wait longer are resolved from the stored history. */
const HISTORY_MS = 10 * 60_000;
const SWEEP_MS = 30_000;
/** kubelet looks at its containers once a second and tells the API server after that. */
const SETTLE_MS = 3_000;
const ADDRESS_BYTES = 16;

const noTexts = { nodeName: '', workloadKind: '', workloadName: '', services: [], isNameShort: false };
const noPeer = {
  namespace: '',
  name: '',
  podUid: '',
  workloadKind: '',
  workloadName: '',
  nodeName: '',
  serviceName: '',
  services: [],
};
const external: Peer = { ...noPeer, kind: 'external' };
const unknownYet: Peer = { ...noPeer, kind: 'unknown_yet' };

export interface AddressBookStats {
  readonly entities: number;
  readonly addresses: number;
  readonly holds: number;
  /** Entities over the bound of 250,000, addresses over that of an entity, and what is no uid or address. */
  readonly refusedCount: number;
}

/**
 * Who holds which address of the cluster, now and for some minutes back, from what the collector tells. Some 250
 * bytes a pod.
 */
export class AddressBook implements PeerDirectory {
  readonly #entities = new EntityTable();
  readonly #holds = new Holds();
  readonly #readyPeers = new ReadyPeers();
  #nodeRanges: AddressRanges = new AddressRanges([]);
  readonly #rangesByNode = new Map<number, readonly AddressRange[]>();
  #clusterRanges: AddressRanges = new AddressRanges([]);
  #areRangesStale = false;
  readonly #key = new Uint8Array(ADDRESS_BYTES);
  #position: FeedPosition = { feedId: 0n, version: 0 };
  #asOfMs = 0;
  #sweptMs = 0;
  #generation = 0;
  #nextPart = 0;
  #isSynced = false;
  #refusedCount = 0;

  get isSynced(): boolean {
    return this.#isSynced;
  }

  /** What to say in Hello. */
  get position(): FeedPosition {
    return this.#position;
  }

  get stats(): AddressBookStats {
    return {
      entities: this.#entities.size,
      addresses: this.#holds.addressCount,
      holds: this.#holds.size,
      refusedCount: this.#refusedCount,
    };
  }

  isSettled(atWallNs: bigint): boolean {
    return Number(atWallNs) / 1e6 + SETTLE_MS <= this.#asOfMs;
  }

  resolve(address: Uint8Array, atWallNs: bigint): Peer {
    const holder = this.#holds.holderAt(address, Number(atWallNs) / 1e6, this.#entities.kinds);
    return holder >= 0 ? this.#peer(holder) : this.#withoutHolder(address);
  }

  podByUid(uid: string): Peer | undefined {
    const slot = readUid(uid, this.#key) ? this.#entities.find(this.#key) : -1;
    return slot < 0 || this.#entities.kinds[slot] !== entityKind.pod ? undefined : this.#peer(slot);
  }

  /**
   * @returns false when it does not follow on what the book holds: then nothing was changed, and a new stream brings a
   * snapshot
   */
  apply(update: EntityUpdate): boolean {
    if (!this.#follows(update)) return false;
    const text = (index: number): string => (index === 0 ? '' : (update.strings[index - 1] ?? ''));
    for (const pod of update.pods) this.#putPod(pod, text);
    for (const service of update.services) this.#putService(service, text);
    for (const node of update.nodes) this.#putNode(node);
    if (update.clusterRanges.length > 0)
      this.#clusterRanges = new AddressRanges(update.clusterRanges.map((range) => ({ range, owner: 0 })));
    this.#asOfMs = Math.max(this.#asOfMs, update.asOfMs);
    this.#advance(update);
    if (this.#asOfMs >= this.#sweptMs + SWEEP_MS) this.#sweep();
    return true;
  }

  #follows({ feedId, baseVersion, snapshotPart, snapshotParts }: EntityUpdate): boolean {
    if (snapshotParts === 0) {
      const isNext = feedId === this.#position.feedId && baseVersion === this.#position.version;
      return this.#nextPart === 0 && isNext && this.#isSynced;
    }
    if (snapshotPart === 0) {
      this.#nextPart = 0;
      this.#generation = (this.#generation + 1) % 256;
      this.#position = { feedId: 0n, version: 0 };
    }
    return snapshotPart === this.#nextPart;
  }

  #advance(update: EntityUpdate): void {
    if (update.snapshotParts > 0) {
      this.#nextPart += 1;
      if (this.#nextPart < update.snapshotParts) return;
      this.#endUnnamed(update.asOfMs);
      this.#nextPart = 0;
      this.#isSynced = true;
    }
    this.#position = { feedId: update.feedId, version: update.version };
  }

  #putPod(entry: PodEntry, text: (index: number) => string): void {
    const slot = this.#put(entry.uid, entityKind.pod, {
      namespace: text(entry.namespace),
      name: entry.name,
      isNameShort: entry.isNameShort,
      nodeName: text(entry.nodeName),
      workloadKind: text(entry.workloadKind),
      workloadName: text(entry.workloadName),
      services: entry.services.map(text),
    });
    if (slot >= 0) this.#hold(slot, entry.isHostNetwork ? [] : entry.addresses, entry);
  }

  #putService(entry: ServiceEntry, text: (index: number) => string): void {
    const texts = { ...noTexts, namespace: text(entry.namespace), name: entry.name };
    const slot = this.#put(entry.uid, entityKind.service, texts);
    if (slot >= 0) this.#hold(slot, entry.addresses, entry);
  }

  #putNode(entry: NodeEntry): void {
    const slot = this.#put(entry.uid, entityKind.node, { ...noTexts, namespace: '', name: entry.name });
    if (slot < 0) return;
    this.#hold(slot, entry.addresses, entry);
    if (entry.endedMs > 0) this.#rangesByNode.delete(slot);
    else this.#rangesByNode.set(slot, entry.podRanges.map(copyRange));
    this.#areRangesStale = true;
  }

  #put(uid: Uint8Array, kind: 0 | 1 | 2, texts: EntityTexts): number {
    const isKnown = uid.length === ADDRESS_BYTES && this.#entities.find(uid) >= 0;
    if (
      uid.length !== ADDRESS_BYTES ||
      texts.name === '' ||
      (!isKnown && this.#entities.size >= MAX_ENTITIES)
    ) {
      this.#refusedCount += 1;
      return -1;
    }
    const slot = this.#entities.put(uid, kind, texts);
    this.#entities.generations[slot] = this.#generation;
    this.#readyPeers.delete(slot);
    return slot;
  }

  /** Of what has ended the addresses are told too: it may end before the book has heard of it. */
  #hold(slot: number, addresses: readonly Uint8Array[], at: { startedMs: number; endedMs: number }): void {
    const entities = this.#entities;
    const mapped = addresses.slice(0, MAX_ADDRESSES_PER_ENTITY).flatMap((address) => {
      const key = new Uint8Array(ADDRESS_BYTES);
      return toMapped(address, key) ? [key] : [];
    });
    this.#refusedCount += addresses.length - mapped.length;
    let first = entities.firstHolds[slot] ?? -1;
    const staysEnded = (entities.endedMs[slot] ?? 0) > 0 && first >= 0 && at.endedMs > 0;
    if (!staysEnded) {
      this.#holds.close(first, at.endedMs > 0 ? at.endedMs : this.#asOfMs, mapped);
      for (const address of mapped) first = this.#holds.open(first, slot, address, at.startedMs);
    }
    if (at.endedMs > 0) this.#holds.moveEnd(first, at.endedMs);
    entities.firstHolds[slot] = first;
    entities.endedMs[slot] = at.endedMs;
  }

  /** What a whole snapshot does not name has ended while this agent was not told. */
  #endUnnamed(atMs: number): void {
    for (const slot of this.#entities.slots()) {
      if (this.#entities.generations[slot] === this.#generation || this.#entities.endedMs[slot] !== 0)
        continue;
      this.#holds.close(this.#entities.firstHolds[slot] ?? -1, atMs);
      this.#entities.endedMs[slot] = atMs;
      if (this.#rangesByNode.delete(slot)) this.#areRangesStale = true;
    }
  }

  #sweep(): void {
    this.#sweptMs = this.#asOfMs;
    const beforeMs = this.#asOfMs - HISTORY_MS;
    for (const slot of this.#entities.slots()) {
      const first = this.#holds.forget(this.#entities.firstHolds[slot] ?? -1, beforeMs);
      this.#entities.firstHolds[slot] = first;
      const endedMs = this.#entities.endedMs[slot] ?? 0;
      if (endedMs === 0 || endedMs >= beforeMs || first >= 0) continue;
      this.#readyPeers.delete(slot);
      this.#entities.remove(slot);
    }
  }

  #peer(slot: number): Peer {
    const ready = this.#readyPeers.get(slot);
    if (ready !== undefined) return ready;
    const peer = this.#entities.toPeer(slot);
    this.#readyPeers.set(slot, peer);
    return peer;
  }

  #withoutHolder(address: Uint8Array): Peer {
    if (!this.#isSynced) return unknownYet;
    if (this.#areRangesStale) this.#sortRanges();
    const node = this.#nodeRanges.ownerOf(address);
    if (node >= 0) return this.#nodeRanges.isFirstHost(address) ? this.#peer(node) : unknownYet;
    return this.#clusterRanges.ownerOf(address) >= 0 ? unknownYet : external;
  }

  #sortRanges(): void {
    const owned = [...this.#rangesByNode].flatMap(([owner, ranges]) =>
      ranges.map((range) => ({ range, owner })),
    );
    this.#nodeRanges = new AddressRanges(owned);
    this.#areRangesStale = false;
  }
}

/** A message's bytes are a view of all of it, which would be kept. */
function copyRange({ address, prefixBits }: AddressRange): AddressRange {
  return { address: Uint8Array.from(address), prefixBits };
}
