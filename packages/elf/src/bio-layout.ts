import { findBioOffset, findPointerRead } from './bio-offset.ts';
import { findSymbols, parseElf } from './elf-file.ts';
import type { ElfReader } from './elf-reader.ts';

/** Where one build of libcrypto keeps in its `struct bio_st` what leads to the file descriptor. */
export interface BioLayout {
  /** Of the pointer to the BIO_METHOD, whose first int is the type. */
  readonly methodOffsetBytes: number;
  /** Of the int `num`, the descriptor of a socket BIO. `ptr` and `next_bio` follow at 8 and 16 bytes from it. */
  readonly numOffsetBytes: number;
}

const INT_BYTES = 4;
const POINTER_BYTES = 8;

/**
 * No function returns `num`, but its neighbours have accessors: `retry_reason` before it, `ptr` and `next_bio` after.
 * Only if these lie so that exactly one int and its padding fit between is the place known; else undefined. It moved
 * with almost every branch: 40 in OpenSSL 1.1.0, 48 in 1.1.1, 56 in 3.x.
 */
export function findBioLayout(source: Uint8Array | ElfReader): BioLayout | undefined {
  const elf = parseElf(source);
  if (!elf.ok) return undefined;
  const file = elf.value;
  const symbols = findSymbols(file, ['BIO_get_data', 'BIO_get_retry_reason', 'BIO_method_type', 'BIO_next']);
  const read = (name: string, find: typeof findBioOffset, widthBytes?: 4): number | undefined => {
    const symbol = symbols.get(name);
    return symbol === undefined ? undefined : find(file, symbol, widthBytes);
  };
  const retryReason = read('BIO_get_retry_reason', findBioOffset, INT_BYTES);
  const data = read('BIO_get_data', findBioOffset);
  const next = read('BIO_next', findBioOffset);
  const method = read('BIO_method_type', findPointerRead);
  if (retryReason === undefined || data === undefined || method === undefined) return undefined;
  const num = retryReason + INT_BYTES;
  const isAlone = num % POINTER_BYTES === 0 && data === num + POINTER_BYTES && next === data + POINTER_BYTES;
  return isAlone ? { methodOffsetBytes: method, numOffsetBytes: num } : undefined;
}
