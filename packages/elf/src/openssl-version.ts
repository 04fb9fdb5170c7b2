import type { ElfFile } from './elf-file.ts';
import { forEachChunk } from './elf-reader.ts';

/** `OpenSSL 3.0.17 1 Jul 2025`, `OpenSSL 1.1.1w  11 Sep 2023`, `LibreSSL 3.9.2`, `OpenSSL 3.0.15+quic 3 Sep 2024`. */
const VERSION = /^(?:OpenSSL|LibreSSL) \d+\.\d+\.\d+[ -~]{0,40}/;
const MAX_VERSION_BYTES = 64;
/** The read-only data of a Node binary is about 40 MB. */
const MAX_SCAN_BYTES = 128 * 1024 * 1024;
const NAMES = ['OpenSSL ', 'LibreSSL '];

/** The version text (OPENSSL_VERSION_TEXT) in the read-only data; undefined when the file states none. */
export function findTlsLibraryVersion(elf: ElfFile): string | undefined {
  const section = elf.sections.find(({ name }) => name === '.rodata');
  if (section === undefined) return undefined;
  let version: string | undefined;
  const range = {
    offsetBytes: section.fileOffset,
    lengthBytes: Math.min(section.sizeBytes, MAX_SCAN_BYTES),
    overlapBytes: MAX_VERSION_BYTES,
  };
  forEachChunk(elf.reader, range, (chunk) => {
    version = findInChunk(chunk);
    return version === undefined;
  });
  return version;
}

/** Looks at each `SSL `: that is rarer than any first letter. */
function findInChunk(chunk: Uint8Array): string | undefined {
  for (let at = chunk.indexOf(LETTER_L); at >= 0; at = chunk.indexOf(LETTER_L, at + 1)) {
    if (chunk[at + 1] !== SPACE || chunk[at - 1] !== LETTER_S) continue;
    for (const name of NAMES) {
      const start = at + 2 - name.length;
      if (start < 0) continue;
      const text = String.fromCharCode(...chunk.subarray(start, start + MAX_VERSION_BYTES));
      const version = VERSION.exec(text)?.[0].trimEnd();
      if (version !== undefined) return version;
    }
  }
  return undefined;
}

const LETTER_L = 0x4c;
const LETTER_S = 0x53;
const SPACE = 0x20;
