import { getSystemErrorMap } from 'node:util';

/** `ENOENT` for 2 or -2, as the kernel and libbpf give it. */
export function errnoName(errno: number): string {
  const positive = Math.abs(errno);
  return getSystemErrorMap().get(-positive)?.[0] ?? `errno ${String(positive)}`;
}

/** errno values that decide something here (asm-generic/errno*.h). */
export const ENOENT = 2;
