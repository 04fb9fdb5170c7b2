import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's top folder. */
export const checkout = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');

/** What set-up keeps: log, stamp, lock, and a pnpm of its own where no other place is writable. */
export const toolsFolder = join(checkout, '.tools');

/** The npm package that carries Node 24 and its headers for this machine. */
export const nodePackageFolder = join(checkout, 'node_modules', `node-${process.platform}-${process.arch}`);

/** The Node that runs the project: the workspace's own, or the current one if it is new enough; else undefined. */
export function findNode() {
  const own = join(nodePackageFolder, 'bin', 'node');
  if (existsSync(own)) return own;
  return Number.parseInt(process.versions.node, 10) >= 24 ? process.execPath : undefined;
}

export function isLinux() {
  return process.platform === 'linux';
}

export function isRoot() {
  return process.getuid?.() === 0;
}

export function hasBtf() {
  return existsSync('/sys/kernel/btf/vmlinux');
}

export function kernelRelease() {
  return release();
}

/** Whether the kernel's version is at least `major.minor`. */
export function isKernelAtLeast(major, minor, text = release()) {
  const [haveMajor = 0, haveMinor = 0] = text.split('.').map((part) => Number.parseInt(part, 10));
  return haveMajor > major || (haveMajor === major && haveMinor >= minor);
}

/** Absolute path of a command on PATH (or in one of `moreFolders`), or undefined. */
export function findCommand(name, moreFolders = []) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...moreFolders];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** Whether a file system of this type is mounted there. */
export function isMounted(folder, type) {
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  return mounts.some((line) => line.split(' ')[1] === folder && line.split(' ')[2] === type);
}

/** Whether this user may write there. */
export function isWritable(folder) {
  return isAccessible(folder, constants.W_OK);
}

function isExecutable(path) {
  return isAccessible(path, constants.X_OK);
}

function isAccessible(path, mode) {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
