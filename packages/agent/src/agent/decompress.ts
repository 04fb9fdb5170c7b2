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

type Decoder = (bytes: Uint8Array) => Buffer;
const zlibOptions = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MAX_OUTPUT_BYTES };

const decoders: Readonly<Record<Parameters<Decompress>[0], Decoder>> = {
  gzip: (bytes) => gunzipSync(bytes, zlibOptions),
  // "deflate" is zlib's format (RFC 9110 §8.4.1.2), yet some servers send it bare.
  deflate: (bytes) =>
    ((bytes[0] ?? 0) & 0x0f) === 8 ? inflateSync(bytes, zlibOptions) : inflateRawSync(bytes, zlibOptions),
  br: (bytes) =>
    brotliDecompressSync(bytes, {
      finishFlush: constants.BROTLI_OPERATION_FLUSH,
      maxOutputLength: MAX_OUTPUT_BYTES,
    }),
  zstd: (bytes) =>
    zstdDecompressSync(bytes, { finishFlush: constants.ZSTD_e_flush, maxOutputLength: MAX_OUTPUT_BYTES }),
};

/** Decodes the beginning of a body within bounds of memory and time. */
export const decompress: Decompress = (encoding, bytes, maxBytes) => {
  let input = bytes.subarray(0, MAX_INPUT_BYTES);
  for (let attempt = 0; attempt < MAX_HALVINGS; attempt += 1) {
    try {
      return decoders[encoding](input).subarray(0, maxBytes);
    } catch (thrown) {
      if (!isTooLarge(thrown)) return undefined;
      input = input.subarray(0, input.length >> 1);
    }
  }
  return undefined;
};

function isTooLarge(thrown: unknown): boolean {
  return thrown instanceof RangeError && 'code' in thrown && thrown.code === 'ERR_BUFFER_TOO_LARGE';
}
