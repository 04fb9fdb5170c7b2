/** Random access to a file, so that a few lookups need not read all of a large binary. */
export interface ElfReader {
  readonly sizeBytes: number;
  /**
   * Exactly `lengthBytes` bytes from `offsetBytes`; undefined when they are not all there.
   * The result may be a view that is valid until the next call. Must not throw.
   */
  read(offsetBytes: number, lengthBytes: number): Uint8Array | undefined;
}

/** A reader over bytes that are in memory already. */
export function createBytesReader(bytes: Uint8Array): ElfReader {
  return {
    sizeBytes: bytes.length,
    read(offsetBytes, lengthBytes) {
      if (!isRangeInside(offsetBytes, lengthBytes, bytes.length)) return undefined;
      return bytes.subarray(offsetBytes, offsetBytes + lengthBytes);
    },
  };
}

/** Every length that a file states passes here before it is used. */
export function isRangeInside(offsetBytes: number, lengthBytes: number, sizeBytes: number): boolean {
  if (!Number.isSafeInteger(offsetBytes) || !Number.isSafeInteger(lengthBytes)) return false;
  return (
    offsetBytes >= 0 && lengthBytes >= 0 && lengthBytes <= sizeBytes && offsetBytes <= sizeBytes - lengthBytes
  );
}

/**
 * Calls `visit` with successive pieces of a range, each `overlapBytes` longer than the step, so that whatever
 * is shorter than the overlap lies whole in one piece. Ends early when `visit` returns false or a read fails.
 */
export function forEachChunk(
  reader: ElfReader,
  range: { readonly offsetBytes: number; readonly lengthBytes: number; readonly overlapBytes: number },
  visit: (chunk: Uint8Array, offsetBytes: number) => boolean,
): void {
  const endBytes = Math.min(range.offsetBytes + range.lengthBytes, reader.sizeBytes);
  for (let at = range.offsetBytes; at < endBytes; at += CHUNK_BYTES) {
    const chunk = reader.read(at, Math.min(CHUNK_BYTES + range.overlapBytes, endBytes - at));
    if (chunk === undefined || !visit(chunk, at)) return;
  }
}

/** Large enough that a 100 MB file needs a hundred reads, small enough to live beside the agent's budget. */
const CHUNK_BYTES = 1 << 20;
