import { readFileSync, statSync } from 'node:fs';

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

/** Does the running kernel know this name (an enum value, a type)? Its BTF holds every one of them as text. */
export function kernelKnows(name: string): boolean {
  return readFileSync('/sys/kernel/btf/vmlinux').includes(`\0${name}\0`);
}
