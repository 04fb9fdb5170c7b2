import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  zstdDecompressSync,
} from 'node:zlib';
import type { Decompress } from '@tomte/protocols';

/** A body of this many bytes can grow a thousandfold: what is kept of it is far less. */
const MAX_INPUT_BYTES = 16 * 1024;
/** Output that one attempt may make; past it the input is halved. */
const MAX_OUTPUT_BYTES = 256 * 1024;
const MAX_HALVINGS = 8;

type Encoding = Parameters<Decompress>[0];
/** `isCut`: the end of the bytes is not the end of the body. */
type Decoder = (bytes: Uint8Array, isCut: boolean) => Buffer;

const maxOutputLength = MAX_OUTPUT_BYTES;
const zlibOptions = (isCut: boolean): { finishFlush: number; maxOutputLength: number } => ({
  finishFlush: isCut ? constants.Z_SYNC_FLUSH : constants.Z_FINISH,
  maxOutputLength,
});

const decoders: Readonly<Record<Encoding, Decoder>> = {
  gzip: (bytes, isCut) => gunzipSync(bytes, zlibOptions(isCut)),
  // "deflate" is zlib's format (RFC 9110 §8.4.1.2), yet some servers send it bare.
  deflate: (bytes, isCut) =>
    ((bytes[0] ?? 0) & 0x0f) === 8
      ? inflateSync(bytes, zlibOptions(isCut))
      : inflateRawSync(bytes, zlibOptions(isCut)),
  br: (bytes, isCut) =>
    brotliDecompressSync(bytes, {
      finishFlush: isCut ? constants.BROTLI_OPERATION_FLUSH : constants.BROTLI_OPERATION_FINISH,
      maxOutputLength,
    }),
  zstd: (bytes, isCut) =>
    zstdDecompressSync(bytes, {
      finishFlush: isCut ? constants.ZSTD_e_flush : constants.ZSTD_e_end,
      maxOutputLength,
    }),
};

/**
 * Decodes the beginning of a body within bounds of memory and time. Undefined when the bytes are not of that
 * encoding, or hold too little of it: zstd decodes whole blocks only, which may be longer than what was kept.
 */
export const decompress: Decompress = (encoding, bytes, maxBytes) => {
  let input = bytes.subarray(0, MAX_INPUT_BYTES);
  for (let attempt = 0; attempt < MAX_HALVINGS; attempt += 1) {
    try {
      const decoded = decoders[encoding](input, true);
      return decoded.length > 0 || isEmpty(encoding, input) ? decoded.subarray(0, maxBytes) : undefined;
    } catch (thrown) {
      if (!isTooLarge(thrown)) return undefined;
      input = input.subarray(0, input.length >> 1);
    }
  }
  return undefined;
};

/** Is it the whole of a body of no bytes? */
function isEmpty(encoding: Encoding, input: Uint8Array): boolean {
  try {
    return decoders[encoding](input, false).length === 0;
  } catch {
    return false;
  }
}

function isTooLarge(thrown: unknown): boolean {
  return thrown instanceof RangeError && 'code' in thrown && thrown.code === 'ERR_BUFFER_TOO_LARGE';
}
