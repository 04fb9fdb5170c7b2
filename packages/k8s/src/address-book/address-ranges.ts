import type { AddressRange } from '../feed/entity-update.ts';
import { toMapped } from '../address-bytes.ts';

const ADDRESS_BYTES = 16;
const MAPPED_PREFIX_BITS = 96;

/** A range of addresses and who it belongs to. */
interface OwnedRange {
  readonly first: Uint8Array;
  readonly last: Uint8Array;
  readonly owner: number;
}

/** Ranges that do not overlap (those of nodes, or those of the cluster), sorted for binary search. */
export class AddressRanges {
  readonly #ranges: OwnedRange[];

  constructor(ranges: readonly { readonly range: AddressRange; readonly owner: number }[]) {
    this.#ranges = ranges
      .flatMap(({ range, owner }) => bounds(range, owner) ?? [])
      .sort((a, b) => Buffer.compare(a.first, b.first));
  }

  /** Owner of the range that the address is in, -1 when it is in none. @param address 16 bytes */
  ownerOf(address: Uint8Array): number {
    return this.#find(address)?.owner ?? -1;
  }

  /**
   * Whether it is the first host address of its range: where nodes hand out addresses from ranges of their own
   * (host-local of the CNI plugins, its default gateway), the node holds it itself.
   */
  isFirstHost(address: Uint8Array): boolean {
    const first = this.#find(address)?.first;
    if (first === undefined) return false;
    for (let index = 0; index < ADDRESS_BYTES - 1; index += 1)
      if (address[index] !== first[index]) return false;
    return address[ADDRESS_BYTES - 1] === (first[ADDRESS_BYTES - 1] ?? 0) + 1;
  }

  #find(address: Uint8Array): OwnedRange | undefined {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isAfter(this.#ranges[middle]?.first, address)) high = middle;
      else low = middle + 1;
    }
    const found = this.#ranges[low - 1];
    return found === undefined || isAfter(address, found.last) ? undefined : found;
  }
}

/** Undefined for a range that is none. */
function bounds({ address, prefixBits }: AddressRange, owner: number): OwnedRange | undefined {
  const first = new Uint8Array(ADDRESS_BYTES);
  if (!toMapped(address, first)) return undefined;
  const bits = address.length === ADDRESS_BYTES ? prefixBits : prefixBits + MAPPED_PREFIX_BITS;
  if (bits > ADDRESS_BYTES * 8) return undefined;
  const last = Uint8Array.from(first);
  for (let index = 0; index < ADDRESS_BYTES; index += 1) {
    const hostBits = Math.min(8, Math.max(0, (index + 1) * 8 - bits));
    const hostMask = (1 << hostBits) - 1;
    first[index] = (first[index] ?? 0) & ~hostMask;
    last[index] = (last[index] ?? 0) | hostMask;
  }
  return { first, last, owner };
}

function isAfter(a: Uint8Array | undefined, b: Uint8Array): boolean {
  for (let index = 0; index < ADDRESS_BYTES; index += 1) {
    const difference = (a?.[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
