/** One read or write of a program, as a parser gets it. */
export interface Piece {
  readonly side: 'request' | 'response';
  readonly bytes: Buffer;
}

/** What one read moves at most. */
const PIECE_BYTES = 16_384;

/** So many that no cache of a parser holds all of them. */
const ROUND_EXCHANGES = 4_099;
const SMALL_BYTES = 700;
const PAGE_BYTES = 10_240;

/** Headers of a browser; in every request a trace context of its own. */
function request(path: string, index: number): string {
  return [
    `GET ${path}?page=${index}&size=20 HTTP/1.1`,
    'Host: shop.example.com:8080',
    'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36',
    'Accept: application/json, text/plain, */*',
    'Accept-Encoding: gzip, deflate, br, zstd',
    'Accept-Language: en-GB,en;q=0.9',
    'Cookie: session=0123456789abcdef0123456789abcdef; theme=dark',
    `traceparent: 00-0af7651916cd43dd8448eb211c80${hex(index, 4)}-b7ad6b716920${hex(index * 31, 4)}-01`,
    '\r\n',
  ].join('\r\n');
}

function response(body: string, index: number): string {
  return [
    'HTTP/1.1 200 OK',
    'Server: nginx/1.22.1',
    `Date: Tue, 24 Nov 2026 10:00:${String(index % 60).padStart(2, '0')} GMT`,
    'Content-Type: application/json; charset=utf-8',
    'Cache-Control: no-store',
    `ETag: "6925${hex(index * 7, 4)}-2800"`,
    `Content-Length: ${body.length}`,
    `\r\n${body}`,
  ].join('\r\n');
}

function hex(value: number, digits: number): string {
  return (value % 16 ** digits).toString(16).padStart(digits, '0');
}

/** Kept-alive exchanges with bodies of about one size. */
function exchanges(path: string, bodyBytes: number): readonly Piece[] {
  const text = '{"id":12345678,"name":"thing"},\n'.repeat(Math.ceil(bodyBytes / 32) + 1);
  return Array.from({ length: ROUND_EXCHANGES }, (_, index) => [
    ...cut('request', request(path, index)),
    ...cut('response', response(text.slice(0, bodyBytes + (index % 13)), index)),
  ]).flat();
}

function cut(side: Piece['side'], text: string): Piece[] {
  const bytes = Buffer.from(text, 'latin1');
  const count = Math.ceil(bytes.length / PIECE_BYTES);
  return Array.from({ length: count }, (_, at) => ({
    side,
    bytes: bytes.subarray(at * PIECE_BYTES, (at + 1) * PIECE_BYTES),
  }));
}

export interface ParseStream {
  readonly pieces: readonly Piece[];
  readonly bytes: number;
  readonly exchanges: number;
}

function toStream(pieces: readonly Piece[], count: number): ParseStream {
  return { pieces, exchanges: count, bytes: pieces.reduce((sum, piece) => sum + piece.bytes.length, 0) };
}

const small = exchanges('/api/v1/items', SMALL_BYTES);
const page = exchanges('/static/page.html', PAGE_BYTES);

/** `both` has as many small answers as pages: what the figure is of. */
export const streams = {
  both: toStream([...small, ...page], 2 * ROUND_EXCHANGES),
  small: toStream(small, ROUND_EXCHANGES),
  page: toStream(page, ROUND_EXCHANGES),
} as const;
