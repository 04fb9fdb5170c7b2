/** Why bytes could not be understood: a stable code for programs and a sentence for people. */
export interface ElfError {
  readonly code: ElfErrorCode;
  readonly message: string;
}

/**
 * - `ELF_NOT_ELF`: the magic is missing or the file ends inside the header.
 * - `ELF_UNSUPPORTED`: 32-bit, big-endian, or a machine other than x86-64 and aarch64.
 * - `ELF_MALFORMED`: a table lies outside the file or is larger than any real one.
 * - `ELF_UNREADABLE`: the reader could not deliver bytes inside the size that it announced.
 */
export type ElfErrorCode = 'ELF_NOT_ELF' | 'ELF_UNSUPPORTED' | 'ELF_MALFORMED' | 'ELF_UNREADABLE';

export function elfError(code: ElfErrorCode, message: string): ElfError {
  return { code, message };
}
