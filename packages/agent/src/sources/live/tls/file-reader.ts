import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ElfReader } from '@tomte/elf';

/** One read is never larger: lengths come from the file itself. */
const READ_BYTES_MAX = 64 << 20;

/** Reads a file piece by piece while `use` runs: large executables stay on disk. */
export function withFile<T>(path: string, use: (reader: ElfReader) => T): T {
  const fd = openSync(path, 'r');
  try {
    const sizeBytes = fstatSync(fd).size;
    return use({
      sizeBytes,
      read(offsetBytes, lengthBytes) {
        if (lengthBytes < 0 || lengthBytes > READ_BYTES_MAX || offsetBytes + lengthBytes > sizeBytes)
          return undefined;
        const bytes = new Uint8Array(lengthBytes);
        return readSync(fd, bytes, 0, lengthBytes, offsetBytes) === lengthBytes ? bytes : undefined;
      },
    });
  } finally {
    closeSync(fd);
  }
}
