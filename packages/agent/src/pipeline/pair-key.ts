/** FNV-1a's prime and offset basis, 32 bits (draft-eastlake-fnv). */
const PRIME = 0x01000193;
const BASIS = 0x811c9dc5;
/** A second, different start makes the upper half independent of the lower one. */
const BASIS_HIGH = 0x5bd1e995;

/**
 * What both ends of a connection know of it, folded to two 32-bit halves. Times are left out on purpose:
 * the clocks of two machines differ.
 */
export interface PairSeed {
  readonly low: number;
  readonly high: number;
}

export function toPairSeed(clientAddress: Uint8Array, clientPort: number, serverPort: number): PairSeed {
  let low = BASIS;
  let high = BASIS_HIGH;
  const mix = (byte: number): void => {
    low = Math.imul(low ^ byte, PRIME);
    high = Math.imul(high ^ byte, PRIME);
    high ^= high >>> 15;
  };
  for (const byte of clientAddress) mix(byte);
  for (const port of [clientPort, serverPort]) {
    mix(port & 0xff);
    mix(port >>> 8);
  }
  return { low, high };
}

/** Puts the key of an exchange; never 0, which says "not paired". */
export function putPairKey(
  column: { putHalves(low: number, high: number): void },
  seed: PairSeed,
  exchangeIndex: number,
): void {
  const low = finish(seed.low ^ Math.imul(exchangeIndex + 1, 0x9e3779b1));
  const high = finish(seed.high ^ Math.imul(exchangeIndex + 1, 0x85ebca6b));
  column.putHalves(low === 0 && high === 0 ? 1 : low, high);
}

/** The last steps of MurmurHash3: every bit of the input reaches every bit of the output. */
function finish(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
