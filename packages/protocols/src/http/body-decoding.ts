import type { Decompress, ParserOptions } from '../contract.ts';
import type { Message } from './message.ts';

type Encoding = Parameters<Decompress>[0];

const encodings: ReadonlyMap<string, Encoding> = new Map([
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['br', 'br'],
  ['zstd', 'zstd'],
]);
/** More layers than this are left as they are. */
const MAX_LAYERS = 3;

export interface DecodedBody {
  readonly bytes: Uint8Array;
  /** What is still on the bytes, outermost last; empty when they are plain. */
  readonly stillEncoded: string;
}

/**
 * Undoes content codings and transfer codings before `chunked`, last one first. The prefix that was kept
 * usually decodes to more than the limit, of which as much is kept.
 */
export function decodeBody(message: Message, options: ParserOptions): DecodedBody {
  const kept = message.keptBody;
  const codings = message.head?.fields.codings ?? [];
  if (kept.length === 0 || codings.length === 0) return { bytes: kept, stillEncoded: '' };
  return codings.length > MAX_LAYERS
    ? { bytes: kept, stillEncoded: codings.join(', ') }
    : undo([...codings], kept, options);
}

function undo(layers: string[], kept: Uint8Array, { decompress, limits }: ParserOptions): DecodedBody {
  let bytes = kept;
  while (layers.length > 0) {
    const encoding = encodings.get(layers.at(-1) ?? '');
    const decoded = encoding === undefined ? undefined : decompress(encoding, bytes, limits.maxBodyBytes);
    if (decoded === undefined) break;
    bytes = decoded.length > limits.maxBodyBytes ? decoded.subarray(0, limits.maxBodyBytes) : decoded;
    layers.pop();
  }
  return { bytes, stillEncoded: layers.join(', ') };
}
