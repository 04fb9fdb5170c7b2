import { chmodSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Everybody may read, programs and folders may be entered, only the owner writes: for whichever user, on a read-only
 * root. Returns the size of all files in bytes.
 */
export function settleModes(folder: string): number {
  chmodSync(folder, 0o755);
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += settleModes(path);
    if (!entry.isFile()) continue;
    const { mode, size } = lstatSync(path);
    chmodSync(path, (mode & 0o100) !== 0 ? 0o755 : 0o644);
    bytes += size;
  }
  return bytes;
}
