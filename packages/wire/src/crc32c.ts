/** Castagnoli's polynomial, reflected (RFC 3720 §12.1, iSCSI). */
const POLYNOMIAL = 0x82f63b78;
const TABLE_BYTES = 256 * 4;
const SLICES = 8;

/** Eight tables of 256: table `n` is the effect of a byte followed by `n` zero bytes. */
function makeTables(): DataView {
  const tables = new DataView(new ArrayBuffer(SLICES * TABLE_BYTES));
  for (let byte = 0; byte < 256; byte += 1) {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = (value & 1) === 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
    tables.setInt32(byte * 4, value, true);
  }
  for (let slice = 1; slice < SLICES; slice += 1) {
    for (let byte = 0; byte < 256; byte += 1) {
      const before = tables.getInt32((slice - 1) * TABLE_BYTES + byte * 4, true);
      const next = (before >>> 8) ^ tables.getInt32((before & 0xff) * 4, true);
      tables.setInt32(slice * TABLE_BYTES + byte * 4, next, true);
    }
  }
  return tables;
}

const tables = makeTables();

function entry(slice: number, byte: number): number {
  return tables.getInt32((slice << 10) | ((byte & 0xff) << 2), true);
}

/**
 * CRC-32C of the bytes, as an unsigned 32-bit number. `seed` is the CRC of the bytes before them, so
 * that a checksum can be made in pieces. Eight bytes a step ("slicing-by-8", Kounavis and Berry 2005).
 */
export function crc32c(bytes: Uint8Array, seed = 0): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let crc = ~seed;
  let index = 0;
  for (const end = bytes.length - 7; index < end; index += 8) {
    const low = crc ^ view.getInt32(index, true);
    const high = view.getInt32(index + 4, true);
    crc =
      entry(7, low) ^
      entry(6, low >>> 8) ^
      entry(5, low >>> 16) ^
      entry(4, low >>> 24) ^
      entry(3, high) ^
      entry(2, high >>> 8) ^
      entry(1, high >>> 16) ^
      entry(0, high >>> 24);
  }
  for (; index < bytes.length; index += 1) crc = entry(0, crc ^ view.getUint8(index)) ^ (crc >>> 8);
  return ~crc >>> 0;
}
