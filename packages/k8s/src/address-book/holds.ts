import { grownLength, KeyTable } from './key-table.ts';

/** Holders of one address that are remembered, the present one included. */
const MAX_HOLDS_PER_ADDRESS = 8;
const NONE = -1;

/**
 * Who held which address, from when to when (milliseconds since the Unix epoch, `to` not included; Infinity while it
 * is held). Holders are numbers of the caller's. Some 60 bytes an address.
 */
export class Holds {
  readonly #addresses = new KeyTable();
  /** Newest hold by address. */
  #heads = new Int32Array(64).fill(NONE);
  #holders = new Int32Array(64);
  #from = new Float64Array(64);
  #to = new Float64Array(64);
  /** The next hold of the same address, and of the same holder. */
  #nextOfAddress = new Int32Array(64);
  #nextOfHolder = new Int32Array(64);
  #addressOf = new Int32Array(64);
  readonly #free: number[] = [];
  #count = 0;

  get size(): number {
    return this.#count - this.#free.length;
  }

  get addressCount(): number {
    return this.#addresses.size;
  }

  /**
   * The holder at that time: of several the one that `ranks` puts first, then the one that came last; -1 when there is
   * none.
   */
  holderAt(address: Uint8Array, atMs: number, ranks: Uint8Array): number {
    const slot = this.#addresses.find(address);
    if (slot < 0) return NONE;
    let best = NONE;
    let bestRank = 255;
    let bestFrom = 0;
    for (let hold = this.#heads[slot] ?? NONE; hold >= 0; hold = this.#nextOfAddress[hold] ?? NONE) {
      const from = this.#from[hold] ?? 0;
      if (atMs < from || atMs >= (this.#to[hold] ?? 0)) continue;
      const holder = this.#holders[hold] ?? 0;
      const rank = ranks[holder] ?? 255;
      if (best >= 0 && (rank > bestRank || (rank === bestRank && from < bestFrom))) continue;
      best = holder;
      bestRank = rank;
      bestFrom = from;
    }
    return best;
  }

  /**
   * Says that a holder has the address; a hold that is still open is kept, with its start made better.
   * @param first the holder's first hold, -1 for none. Returns what is its first from now on.
   */
  open(first: number, holder: number, address: Uint8Array, fromMs: number): number {
    const slot = this.#addresses.add(address);
    for (let hold = first; hold >= 0; hold = this.#nextOfHolder[hold] ?? NONE) {
      if (this.#addressOf[hold] !== slot || this.#to[hold] !== Infinity) continue;
      this.#from[hold] = fromMs;
      return first;
    }
    this.#growHeads(slot);
    const hold = this.#takeHold();
    this.#holders[hold] = holder;
    this.#from[hold] = fromMs;
    this.#to[hold] = Infinity;
    this.#addressOf[hold] = slot;
    this.#nextOfHolder[hold] = first;
    this.#nextOfAddress[hold] = this.#heads[slot] ?? NONE;
    this.#heads[slot] = hold;
    this.#endOldest(slot);
    return hold;
  }

  /** Closes the holder's open holds, but not those of the addresses to keep. */
  close(first: number, atMs: number, keep: readonly Uint8Array[] = []): void {
    const kept = keep.map((address) => this.#addresses.find(address));
    for (let hold = first; hold >= 0; hold = this.#nextOfHolder[hold] ?? NONE)
      if (this.#to[hold] === Infinity && !kept.includes(this.#addressOf[hold] ?? NONE)) this.#to[hold] = atMs;
  }

  /** Sets the end of holds that were closed when the true end was not known yet. */
  moveEnd(first: number, atMs: number): void {
    for (let hold = first; hold >= 0; hold = this.#nextOfHolder[hold] ?? NONE)
      if ((this.#to[hold] ?? 0) > atMs) this.#to[hold] = atMs;
  }

  /** Forgets the holder's holds that ended before. Returns what is its first from now on. */
  forget(first: number, endedBeforeMs: number): number {
    let head = NONE;
    for (let hold = first; hold >= 0;) {
      const next = this.#nextOfHolder[hold] ?? NONE;
      if ((this.#to[hold] ?? 0) < endedBeforeMs) this.#drop(hold);
      else {
        this.#nextOfHolder[hold] = head;
        head = hold;
      }
      hold = next;
    }
    return head;
  }

  #drop(hold: number): void {
    const slot = this.#addressOf[hold] ?? 0;
    let before = NONE;
    for (let at = this.#heads[slot] ?? NONE; at >= 0 && at !== hold; at = this.#nextOfAddress[at] ?? NONE)
      before = at;
    const after = this.#nextOfAddress[hold] ?? NONE;
    if (before >= 0) this.#nextOfAddress[before] = after;
    else this.#heads[slot] = after;
    if (this.#heads[slot] === NONE) this.#addresses.remove(slot);
    this.#free.push(hold);
  }

  /** Of an address that passes on and on, the oldest holds end before all time: they are forgotten with their holder. */
  #endOldest(slot: number): void {
    let position = 0;
    for (let hold = this.#heads[slot] ?? NONE; hold >= 0; hold = this.#nextOfAddress[hold] ?? NONE) {
      position += 1;
      if (position > MAX_HOLDS_PER_ADDRESS) this.#to[hold] = 0;
    }
  }

  #growHeads(slot: number): void {
    if (slot < this.#heads.length) return;
    const grown = new Int32Array(grownLength(slot + 1)).fill(NONE);
    grown.set(this.#heads);
    this.#heads = grown;
  }

  #takeHold(): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    const hold = this.#count;
    this.#count += 1;
    if (hold < this.#holders.length) return hold;
    const length = grownLength(this.#count);
    this.#holders = grownInts(this.#holders, length);
    this.#nextOfAddress = grownInts(this.#nextOfAddress, length);
    this.#nextOfHolder = grownInts(this.#nextOfHolder, length);
    this.#addressOf = grownInts(this.#addressOf, length);
    this.#from = grownFloats(this.#from, length);
    this.#to = grownFloats(this.#to, length);
    return hold;
  }
}

export function grownInts(before: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(length);
  grown.set(before);
  return grown;
}

export function grownFloats(before: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(length);
  grown.set(before);
  return grown;
}
