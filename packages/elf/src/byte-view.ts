/** For little-endian fields of a structure whose length the caller has checked. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * An address or offset of 64 bits as a number, or undefined above 2^53 - 1: user space ends at 2^47 (2^57 with
 * five page levels), so a larger one is damage or malice, and is never rounded.
 */
export function readUint53(view: DataView, offsetBytes: number): number | undefined {
  const value = view.getBigUint64(offsetBytes, true);
  return value > MAX_SAFE ? undefined : Number(value);
}

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);
