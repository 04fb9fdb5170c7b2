import { parseSizeBytes } from '@tomte/query';
import { userError } from '../errors.ts';

/** Holds one event of the longest kind, and some. */
const MIN_BYTES = 64 * 1024;
const MAX_BYTES = 1024 ** 3;

/** Size of the kernel's ring for bytes; absent without one, which leaves the default. */
export function ringSize(text: string | undefined): { readonly ringDataBytes?: number } {
  if (text === undefined) return {};
  const bytes = Number(/^\d{1,10}$/.test(text) ? text : (parseSizeBytes(text) ?? 0));
  const isPowerOfTwo = bytes > 0 && Number.isInteger(Math.log2(bytes));
  if (isPowerOfTwo && bytes >= MIN_BYTES && bytes <= MAX_BYTES) return { ringDataBytes: bytes };
  throw userError(
    'TOMTE_RING_INVALID',
    `${JSON.stringify(text)} is no size of a ring`,
    'Give a power of two from 64KiB to 1GiB.',
  );
}
