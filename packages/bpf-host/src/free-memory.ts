import ffi from '@2060.io/ffi-napi';

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
