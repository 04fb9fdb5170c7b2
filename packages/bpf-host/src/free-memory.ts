import ffi from '@2060.io/ffi-napi';
import { mappingsOf } from './process-mappings.ts';
import { libc, pointerTo } from './libbpf.ts';

interface Allocator {
  malloc_trim(pad: number): number;
}

let allocator: Allocator | undefined;

/**
 * Gives what the C allocator holds free back to the system (malloc_trim(3)): loading the objects parses the
 * kernel's types, megabytes of them each time, and glibc keeps what lies below anything that is still in use.
 * Some milliseconds. False where the C library has no such call.
 */
export function returnFreeMemory(): boolean {
  try {
    const library: unknown = (allocator ??= ffi.Library(null, {
      malloc_trim: ['int', ['size_t']],
    } as never));
    (library as Allocator).malloc_trim(0); // Proof: the signature above.
    return true;
  } catch {
    return false; // musl gives memory back by itself.
  }
}

const MADV_DONTNEED = 4;
const MADV_NOHUGEPAGE = 15;

/**
 * Unmaps the pages of this program's own file; what is used is mapped again when it is touched, out of the page
 * cache, 64 KiB a fault. Starting touches three times as much as running, and each page counts as resident for
 * ever; unmapped ones the kernel may also drop when memory is short. Only what equals the file goes: code, and constants
 * that no relocation has changed. Breakpoints of uprobes in our own code go too: this process is never captured.
 */
export function unmapUnusedCode(): void {
  for (const { start, end, isWritable, isCode, isChanged } of mappingsOf(process.execPath)) {
    if (isWritable || (isChanged && !isCode)) continue;
    const [address, lengthBytes] = [pointerTo(start), Number(end - start)];
    libc().madvise(address, lengthBytes, MADV_NOHUGEPAGE); // Or a fault maps 2 MiB.
    libc().madvise(address, lengthBytes, MADV_DONTNEED);
  }
}
