import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** A file that a process runs code of. */
export interface MappedFile {
  /** As the kernel encodes it: major << 20 | minor. */
  readonly device: number;
  readonly inode: number;
  /** As the process names it; it may hold blanks, and may be gone. */
  readonly path: string;
  /** Name below /proc/PID/map_files: leads to the very file, whatever its name leads to by now. */
  readonly range: string;
}

/** Of one process; more would be a process that maps without end. */
const FILES_MAX = 4096;
/** address, permissions, offset, device, inode; the rest of the line is the name. */
const LINE = /^([0-9a-f]+-[0-9a-f]+) ..x. [0-9a-f]+ ([0-9a-f]+):([0-9a-f]+) (\d+) +(\/.*)$/;

export function parseMaps(text: string): MappedFile[] {
  const found = new Map<string, MappedFile>();
  for (const line of text.split('\n')) {
    const match = LINE.exec(line);
    if (match === null || found.size >= FILES_MAX) continue;
    const [, range = '', major = '', minor = '', inode = '', path = ''] = match;
    const device = parseInt(major, 16) * 2 ** 20 + parseInt(minor, 16);
    const key = `${String(device)}:${inode}`;
    if (!found.has(key)) found.set(key, { device, inode: Number(inode), path, range: plainRange(range) });
  }
  return [...found.values()];
}

/** map_files prints its addresses without the leading zeros of maps. */
function plainRange(range: string): string {
  return range
    .split('-')
    .map((address) => address.replace(/^0+(?=.)/, ''))
    .join('-');
}

/** Files whose code a process has mapped; empty when it is gone. */
export function mappedFiles(pid: number): MappedFile[] {
  try {
    return parseMaps(readFileSync(`/proc/${String(pid)}/maps`, 'utf8'));
  } catch {
    return [];
  }
}

/**
 * Paths by which the agent reads a mapped file, and the libcrypto that the process has from the same folder. Names may
 * lead elsewhere, and a folder of Python wheels holds a pair with a suffix of its own each: what is mapped is certain.
 */
export function pathsOf(
  pid: number,
  file: MappedFile,
  files: readonly MappedFile[],
): { readonly path: string; readonly libcrypto: string | undefined } {
  const read = ({ range }: MappedFile): string => `/proc/${String(pid)}/map_files/${range}`;
  const found = files.filter(
    ({ path }) => basename(path).startsWith('libcrypto') && dirname(path) === dirname(file.path),
  );
  const [libcrypto] = found;
  return { path: read(file), libcrypto: found.length === 1 && libcrypto ? read(libcrypto) : undefined };
}

/** That of a library of the system, which nobody has mapped yet: packages install both under one suffix. */
export function libcryptoBeside(path: string): string {
  return join(dirname(path), basename(path).replace(/^libssl/, 'libcrypto'));
}
