import { uidText } from '../address-bytes.ts';
import { grownFloats, grownInts } from './holds.ts';
import { grownLength, KeyTable } from './key-table.ts';
import type { Peer } from './peer.ts';
import { SharedTexts } from './shared-texts.ts';

/** The order in which kinds win an address that two hold: a service may lend a node's (`externalIPs`). */
export const entityKind = { pod: 0, service: 1, node: 2 } as const;
type EntityKind = (typeof entityKind)[keyof typeof entityKind];
const kindNames = ['pod', 'service', 'node'] as const;

export interface EntityTexts {
  readonly namespace: string;
  readonly name: string;
  /** The name is the workload's, a hyphen and `name`. */
  readonly isNameShort: boolean;
  readonly nodeName: string;
  readonly workloadKind: string;
  readonly workloadName: string;
  readonly services: readonly string[];
}

/** Entities by number, in columns: an object for each would take three times the memory. */
export class EntityTable {
  readonly #uids = new KeyTable();
  readonly #texts = new SharedTexts();
  kinds = new Uint8Array(64);
  /** The snapshot that last named it. */
  generations = new Uint8Array(64);
  /** Its first hold of an address, -1 for none. */
  firstHolds = new Int32Array(64).fill(-1);
  /** Milliseconds since the Unix epoch; 0 while it lives. */
  endedMs = new Float64Array(64);
  #shortNames = new Uint8Array(64);
  #names: string[] = [];
  #namespaces = new Int32Array(64);
  #nodeNames = new Int32Array(64);
  #workloadKinds = new Int32Array(64);
  #workloadNames = new Int32Array(64);
  #services = new Int32Array(64);
  readonly #uidBytes = new Uint8Array(16);

  get size(): number {
    return this.#uids.size;
  }

  get textCount(): number {
    return this.#texts.size;
  }

  find(uid: Uint8Array): number {
    return this.#uids.find(uid);
  }

  /** Its number, new or known. Every other field is set by the caller. */
  put(uid: Uint8Array, kind: EntityKind, texts: EntityTexts): number {
    const slot = this.#uids.add(uid);
    this.#grow(slot);
    const isNew = this.#names[slot] === undefined || this.#names[slot] === '';
    if (!isNew) this.#releaseTexts(slot);
    else this.firstHolds[slot] = -1;
    this.kinds[slot] = kind;
    this.#names[slot] = texts.name;
    this.#shortNames[slot] = texts.isNameShort ? 1 : 0;
    this.#namespaces[slot] = this.#texts.take(texts.namespace);
    this.#nodeNames[slot] = this.#texts.take(texts.nodeName);
    this.#workloadKinds[slot] = this.#texts.take(texts.workloadKind);
    this.#workloadNames[slot] = this.#texts.take(texts.workloadName);
    this.#services[slot] = this.#texts.take(texts.services.join());
    return slot;
  }

  remove(slot: number): void {
    this.#releaseTexts(slot);
    this.#names[slot] = '';
    this.#uids.remove(slot);
  }

  *slots(): Iterable<number> {
    for (let slot = 0; slot < this.#uids.slotCount; slot += 1) if (this.#names[slot] !== '') yield slot;
  }

  toPeer(slot: number): Peer {
    const kind = kindNames[this.kinds[slot] ?? 0] ?? 'pod';
    const isPod = kind === 'pod';
    const name = this.#nameOf(slot);
    const services = this.#servicesOf(slot);
    if (isPod) this.#uids.copyKey(slot, this.#uidBytes);
    return {
      kind,
      namespace: this.#text(this.#namespaces, slot),
      name,
      podUid: isPod ? uidText(this.#uidBytes) : '',
      workloadKind: this.#text(this.#workloadKinds, slot),
      workloadName: isPod ? this.#text(this.#workloadNames, slot) || name : '',
      nodeName: kind === 'node' ? name : this.#text(this.#nodeNames, slot),
      serviceName: kind === 'service' ? name : (services[0] ?? ''),
      services,
    };
  }

  #nameOf(slot: number): string {
    const name = this.#names[slot] ?? '';
    return this.#shortNames[slot] === 1 ? `${this.#text(this.#workloadNames, slot)}-${name}` : name;
  }

  /** Names of services have no comma (RFC 1123 labels). */
  #servicesOf(slot: number): readonly string[] {
    const joined = this.#text(this.#services, slot);
    if (joined === '') return none;
    return joined.includes(',') ? joined.split(',') : [joined];
  }

  #text(column: Int32Array, slot: number): string {
    return this.#texts.textOf(column[slot] ?? 0);
  }

  #releaseTexts(slot: number): void {
    for (const column of this.#textColumns()) this.#texts.release(column[slot] ?? 0);
  }

  #textColumns(): readonly Int32Array[] {
    return [this.#namespaces, this.#nodeNames, this.#workloadKinds, this.#workloadNames, this.#services];
  }

  #grow(slot: number): void {
    if (slot < this.kinds.length) return;
    const length = grownLength(slot + 1);
    this.kinds = grownBytes(this.kinds, length);
    this.generations = grownBytes(this.generations, length);
    this.#shortNames = grownBytes(this.#shortNames, length);
    this.firstHolds = grownInts(this.firstHolds, length);
    this.endedMs = grownFloats(this.endedMs, length);
    this.#namespaces = grownInts(this.#namespaces, length);
    this.#nodeNames = grownInts(this.#nodeNames, length);
    this.#workloadKinds = grownInts(this.#workloadKinds, length);
    this.#workloadNames = grownInts(this.#workloadNames, length);
    this.#services = grownInts(this.#services, length);
  }
}

const none: readonly string[] = [];

function grownBytes(before: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const grown = new Uint8Array(length);
  grown.set(before);
  return grown;
}
