import type { Side } from '@tomte/protocols';

/** One read or write of a kept-alive connection. */
export interface Piece {
  readonly side: Side;
  readonly bytes: Uint8Array;
}

/** What one read or write moves at most. */
const PIECE_BYTES = 16_384;
/** Turns of `distinct` before it repeats: far more than any cache of the parser holds. */
const DISTINCT_TURNS = 4099;

const browserHeaders = [
  'Host: shop.example.com:8080',
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36',
  'Accept: application/json, text/plain, */*',
  'Accept-Encoding: gzip, deflate, br, zstd',
  'Accept-Language: en-GB,en;q=0.9',
  'Cookie: session=0123456789abcdef0123456789abcdef; theme=dark',
  'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  'Connection: keep-alive',
];
const serverHeaders = [
  'Server: nginx/1.22.1',
  'Date: Tue, 24 Nov 2026 10:00:00 GMT',
  'Content-Type: application/json; charset=utf-8',
  'Cache-Control: no-store',
  'ETag: "6925c1f0-2800"',
  'Connection: keep-alive',
];

function message(startLine: string, headers: readonly string[], body = ''): Uint8Array {
  return new TextEncoder().encode(`${[startLine, ...headers].join('\r\n')}\r\n\r\n${body}`);
}

function withLength(status: string, bodyBytes: number): Uint8Array {
  const body = '{"id":12345678,"name":"thing"},\n'.repeat(Math.ceil(bodyBytes / 32)).slice(0, bodyBytes);
  return message(`HTTP/1.1 ${status}`, [...serverHeaders, `Content-Length: ${bodyBytes}`], body);
}

function chunkedBody(chunkBytes: number, count: number): Uint8Array {
  const chunk = `${chunkBytes.toString(16)}\r\n${'x'.repeat(chunkBytes)}\r\n`;
  const headers = [...serverHeaders, 'Transfer-Encoding: chunked'];
  return message('HTTP/1.1 200 OK', headers, `${chunk.repeat(count)}0\r\n\r\n`);
}

const get = (path: string): Uint8Array => message(`GET ${path} HTTP/1.1`, browserHeaders);

function post(path: string, bodyBytes: number): Uint8Array {
  const headers = [...browserHeaders, 'Content-Type: application/json', `Content-Length: ${bodyBytes}`];
  return message(`POST ${path} HTTP/1.1`, headers, 'p'.repeat(bodyBytes));
}

type Turn = readonly [request: Uint8Array, response: Uint8Array];

/** 10 small JSON answers, 4 pages, 3 chunked ones, an upload, a not-modified, one of 100 KiB. */
function typicalTurns(): readonly Turn[] {
  const small = Array.from({ length: 10 }, (_, at): Turn => {
    return [get(`/api/v1/items?page=${at}&size=20`), withLength('200 OK', 700)];
  });
  const pages = Array.from({ length: 4 }, (_, at): Turn => {
    return [get(`/static/page-${at}.html`), withLength('200 OK', 10_240)];
  });
  const chunked = Array.from({ length: 3 }, (_, at): Turn => {
    return [get(`/api/v1/report/${at}`), chunkedBody(4096, 3)];
  });
  const rest: readonly Turn[] = [
    [post('/api/v1/orders', 3000), withLength('201 Created', 120)],
    [get('/style.css'), message('HTTP/1.1 304 Not Modified', serverHeaders)],
    [get('/image.png'), withLength('200 OK', 102_400)],
  ];
  return [...small, ...pages, ...chunked, ...rest];
}

const tinyRequest = [
  'Host: shop.example:8080',
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0',
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'Accept-Language: en-GB,en;q=0.5',
  'Accept-Encoding: gzip, deflate, br',
  'Connection: keep-alive',
];
const tinyResponse = [
  'Server: nginx/1.22.1',
  'Date: Tue, 24 Nov 2026 12:00:00 GMT',
  'Content-Type: text/html',
  'Content-Length: 100',
  'Last-Modified: Mon, 23 Nov 2026 12:00:00 GMT',
  'Connection: keep-alive',
];

/** The same 100 bytes again and again, as a load tester asks for them. */
function tinyTurns(): readonly Turn[] {
  const request = message('GET /api/v1/products/4711?page=3&sort=price HTTP/1.1', tinyRequest);
  return [[request, message('HTTP/1.1 200 OK', [...tinyResponse, 'ETag: "6745b0c3-64"'], 't'.repeat(100))]];
}

/** As `tiny`, but no head is like another: a trace of its own for each request, a tag for each answer. */
function distinctTurns(): readonly Turn[] {
  return Array.from({ length: DISTINCT_TURNS }, (_, at): Turn => {
    const id = (Math.imul(at + 1, 0x9e37_79b1) >>> 0).toString(16).padStart(8, '0');
    const trace = `traceparent: 00-${id.repeat(4)}-${id.repeat(2)}-01`;
    const request = message(`GET /api/v1/products/${at}?page=3 HTTP/1.1`, [...tinyRequest, trace]);
    return [request, message('HTTP/1.1 200 OK', [...tinyResponse, `ETag: "${id}-64"`], 't'.repeat(100))];
  });
}

export const workloads = { typical: typicalTurns, tiny: tinyTurns, distinct: distinctTurns } as const;

export type Workload = keyof typeof workloads;

/** One round of a workload, in the pieces in which system calls move it. */
export function piecesOf(workload: Workload): readonly Piece[] {
  return workloads[workload]().flatMap(([request, response]) => [
    ...pieces('request', request),
    ...pieces('response', response),
  ]);
}

function pieces(side: Side, bytes: Uint8Array): readonly Piece[] {
  const count = Math.ceil(bytes.length / PIECE_BYTES);
  return Array.from({ length: count }, (_, at) => ({
    side,
    bytes: bytes.subarray(at * PIECE_BYTES, (at + 1) * PIECE_BYTES),
  }));
}
