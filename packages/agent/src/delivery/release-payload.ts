/** Smaller ones may lie in Node's pool beside other buffers, and are worth no trouble. */
const MINIMUM_BYTES = 64 * 1024;

/**
 * Frees the memory of a payload at once, which must not be used any more. V8 frees what lies outside its heap when it
 * collects its old objects, and for that it waits until 64 MiB have gathered.
 */
export function releasePayload({ buffer, byteLength }: Uint8Array): void {
  if (byteLength >= MINIMUM_BYTES && buffer instanceof ArrayBuffer) buffer.transfer(0);
}
