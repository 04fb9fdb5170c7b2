import { readFileSync, statSync } from 'node:fs';
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
  const read = (mapped: MappedFile): string => readablePath(pid, mapped);
  const found = files.filter(
    ({ path }) => basename(path).startsWith('libcrypto') && dirname(path) === dirname(file.path),
  );
  const [libcrypto] = found;
  return { path: read(file), libcrypto: found.length === 1 && libcrypto ? read(libcrypto) : undefined };
}

/**
 * map_files is certain, but only CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN may follow it, which an agent in a pod has not. The
 * name in the process's own root serves as long as it leads to a file with the inode that is mapped; devices are not
 * compared, since overlay shows another by name than by mapping.
 */
function readablePath(pid: number, { range, path, inode }: MappedFile): string {
  const exact = `/proc/${String(pid)}/map_files/${range}`;
  if (fileInode(exact) !== undefined) return exact;
  const named = `/proc/${String(pid)}/root${path}`;
  return fileInode(named) === inode ? named : exact;
}

/** Undefined for what is gone, forbidden or no regular file: nothing else is ever opened. */
function fileInode(path: string): number | undefined {
  try {
    const stat = statSync(path);
    return stat.isFile() ? stat.ino : undefined;
  } catch {
    return undefined;
  }
}

/** That of a library of the system, which nobody has mapped yet: packages install both under one suffix. */
export function libcryptoBeside(path: string): string {
  return join(dirname(path), basename(path).replace(/^libssl/, 'libcrypto'));
}
