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
 * Undoes content codings (RFC 9110 §8.4) and transfer codings before `chunked`, last one first. The prefix
 * that was kept usually decodes to more than the limit, of which as much is kept.
 */
export function decodeBody(message: Message, { decompress, limits }: ParserOptions): DecodedBody {
  const kept = message.keptBody;
  const layers = kept.length === 0 ? [] : layersOf(message);
  if (layers.length > MAX_LAYERS) return { bytes: kept, stillEncoded: layers.join(', ') };
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

function layersOf(message: Message): string[] {
  const headers = message.head?.headers;
  const content = headers?.get('content-encoding') ?? '';
  const transfer = headers?.get('transfer-encoding') ?? '';
  if (content === '' && transfer.length <= 'chunked'.length) return [];
  return `${content},${transfer}`
    .split(',')
    .map((each) => each.trim().toLowerCase())
    .filter((each) => each !== '' && each !== 'identity' && each !== 'chunked');
}
