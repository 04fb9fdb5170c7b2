import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';

/** Largest processor number + 1, from the kernel's list such as `0-1` or `0,2-3`: per-CPU values have so many slots. */
export function possibleCpus(): number {
  const list = readFileSync('/sys/devices/system/cpu/possible', 'utf8').trim();
  const numbers = list.split(/[,-]/).map(Number);
  return Math.max(...numbers) + 1;
}

/** Inode of our own pid namespace, by which the kernel programs number processes. */
export function pidNamespace(): number {
  return statSync('/proc/self/ns/pid').ino;
}

const PIECE_BYTES = 64 * 1024;

/**
 * Does the running kernel know this name (an enum value, a type)? Its BTF holds every one of them as text. Read in
 * pieces: it is of some 7 MB.
 */
export function kernelKnows(name: string): boolean {
  const wanted = Buffer.from(`\0${name}\0`);
  const kept = wanted.length - 1;
  const piece = Buffer.alloc(kept + PIECE_BYTES); // The end of the piece before, and the next one.
  const fd = openSync('/sys/kernel/btf/vmlinux', 'r');
  try {
    for (;;) {
      const read = readSync(fd, piece, kept, PIECE_BYTES, null);
      if (read === 0) return false;
      if (piece.subarray(0, kept + read).includes(wanted)) return true;
      piece.copyWithin(0, read, read + kept);
    }
  } finally {
    closeSync(fd);
  }
}
