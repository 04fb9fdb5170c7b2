const KEY_BYTES = 16;
const KEY_WORDS = 4;
const FIRST_SLOTS = 64;

/**
 * Keys of 16 bytes (addresses, UUIDs), each with a small number of its own that other tables are indexed by. Numbers
 * that are given back are given out again. Typed arrays only: some 24 bytes a key, and a look-up allocates nothing.
 */
export class KeyTable {
  #words = new Uint32Array(FIRST_SLOTS * KEY_WORDS);
  /** Number + 1 by hash with linear probing; 0 is empty. A power of two, at most three quarters full. */
  #buckets = new Int32Array(FIRST_SLOTS * 2);
  readonly #free: number[] = [];
  #slotCount = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** One above the highest number that was ever given out. */
  get slotCount(): number {
    return this.#slotCount;
  }

  /** -1 when there is none. */
  find(key: Uint8Array): number {
    const bucket = this.#bucketOf(wordAt(key, 0), wordAt(key, 4), wordAt(key, 8), wordAt(key, 12));
    return (this.#buckets[bucket] ?? 0) - 1;
  }

  /** The number of the key, given to it now if it is new. */
  add(key: Uint8Array): number {
    const [a, b, c, d] = [wordAt(key, 0), wordAt(key, 4), wordAt(key, 8), wordAt(key, 12)];
    let bucket = this.#bucketOf(a, b, c, d);
    const known = (this.#buckets[bucket] ?? 0) - 1;
    if (known >= 0) return known;
    if ((this.#size + 1) * 4 > this.#buckets.length * 3) {
      this.#rehash();
      bucket = this.#bucketOf(a, b, c, d);
    }
    const slot = this.#takeSlot();
    this.#words.set([a, b, c, d], slot * KEY_WORDS);
    this.#buckets[bucket] = slot + 1;
    this.#size += 1;
    return slot;
  }

  /** Gives the number back; the caller has cleared what it keeps by it. */
  remove(slot: number): void {
    const at = slot * KEY_WORDS;
    const words = this.#words;
    const bucket = this.#bucketOf(words[at] ?? 0, words[at + 1] ?? 0, words[at + 2] ?? 0, words[at + 3] ?? 0);
    if (this.#buckets[bucket] !== slot + 1) return;
    this.#closeGap(bucket);
    this.#free.push(slot);
    this.#size -= 1;
  }

  /** The key's bytes, into 16 bytes of the caller's. */
  copyKey(slot: number, into: Uint8Array): void {
    for (let index = 0; index < KEY_BYTES; index += 1)
      into[index] = (this.#words[slot * KEY_WORDS + (index >> 2)] ?? 0) >>> ((index & 3) * 8);
  }

  /** Where the key is, or the empty bucket where it belongs. */
  #bucketOf(a: number, b: number, c: number, d: number): number {
    const mask = this.#buckets.length - 1;
    let bucket = hash(a, b, c, d) & mask;
    for (;;) {
      const at = ((this.#buckets[bucket] ?? 0) - 1) * KEY_WORDS;
      if (at < 0) return bucket;
      const words = this.#words;
      if (words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d) return bucket;
      bucket = (bucket + 1) & mask;
    }
  }

  #idealBucket(slot: number): number {
    const at = slot * KEY_WORDS;
    const words = this.#words;
    const mixed = hash(words[at] ?? 0, words[at + 1] ?? 0, words[at + 2] ?? 0, words[at + 3] ?? 0);
    return mixed & (this.#buckets.length - 1);
  }

  /** Moves back what probing had carried over the bucket, so that no look-up ends early at it. */
  #closeGap(bucket: number): void {
    const mask = this.#buckets.length - 1;
    let gap = bucket;
    for (let next = (gap + 1) & mask; this.#buckets[next] !== 0; next = (next + 1) & mask) {
      const ideal = this.#idealBucket((this.#buckets[next] ?? 0) - 1);
      if (((next - ideal) & mask) < ((next - gap) & mask)) continue;
      this.#buckets[gap] = this.#buckets[next] ?? 0;
      gap = next;
    }
    this.#buckets[gap] = 0;
  }

  #takeSlot(): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if ((this.#slotCount + 1) * KEY_WORDS > this.#words.length) {
      const grown = new Uint32Array(grownLength(this.#slotCount) * KEY_WORDS);
      grown.set(this.#words);
      this.#words = grown;
    }
    this.#slotCount += 1;
    return this.#slotCount - 1;
  }

  #rehash(): void {
    const before = this.#buckets;
    this.#buckets = new Int32Array(before.length * 2);
    const mask = this.#buckets.length - 1;
    for (const entry of before) {
      if (entry === 0) continue;
      let bucket = this.#idealBucket(entry - 1);
      while (this.#buckets[bucket] !== 0) bucket = (bucket + 1) & mask;
      this.#buckets[bucket] = entry;
    }
  }
}

/** A quarter more: doubling would leave half of the memory idle. */
export function grownLength(length: number): number {
  return Math.max(FIRST_SLOTS, Math.ceil(length * 1.25));
}

function wordAt(key: Uint8Array, at: number): number {
  const [a, b, c, d] = [key[at] ?? 0, key[at + 1] ?? 0, key[at + 2] ?? 0, key[at + 3] ?? 0];
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
}

/** Multiply and xor of each word, with the final mix of MurmurHash3. */
function hash(a: number, b: number, c: number, d: number): number {
  let mixed = Math.imul(a ^ Math.imul(b, 0x9e3779b1) ^ Math.imul(c, 0x85ebca77), 0xc2b2ae3d) ^ d;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
