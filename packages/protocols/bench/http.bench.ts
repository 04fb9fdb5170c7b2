import { http } from '@tomte/protocols';
import type { ExchangeSink, ParserLimits, Side } from '@tomte/protocols';

/**
 * Throughput of the HTTP parser over typical traffic on kept-alive connections. `pnpm bench parse` imports
 * this; alone: `node packages/protocols/bench/http.bench.ts`.
 */
export interface ParseBenchResult {
  readonly bytes: number;
  readonly seconds: number;
  readonly exchanges: number;
}

interface Piece {
  readonly side: Side;
  readonly bytes: Uint8Array;
}

const limits: ParserLimits = {
  maxBodyBytes: 2048,
  maxHeaderBytes: 65_536,
  maxPendingRequests: 128,
  maxTargetBytes: 1024,
};
/** What one read or write moves at most. */
const PIECE_BYTES = 16_384;

const requestHeaders = [
  'Host: shop.example.com:8080',
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36',
  'Accept: application/json, text/plain, */*',
  'Accept-Encoding: gzip, deflate, br, zstd',
  'Accept-Language: en-GB,en;q=0.9',
  'Cookie: session=0123456789abcdef0123456789abcdef; theme=dark',
  'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  'Connection: keep-alive',
];
const responseHeaders = [
  'Server: nginx/1.22.1',
  'Date: Tue, 24 Nov 2026 10:00:00 GMT',
  'Content-Type: application/json; charset=utf-8',
  'Cache-Control: no-store',
  'ETag: "6925c1f0-2800"',
  'Connection: keep-alive',
];

function message(startLine: string, headers: readonly string[], body: string): Uint8Array {
  return new TextEncoder().encode(`${[startLine, ...headers].join('\r\n')}\r\n\r\n${body}`);
}

function withLength(status: string, bodyBytes: number): Uint8Array {
  const body = '{"id":12345678,"name":"thing"},\n'.repeat(Math.ceil(bodyBytes / 32)).slice(0, bodyBytes);
  return message(`HTTP/1.1 ${status}`, [...responseHeaders, `Content-Length: ${bodyBytes}`], body);
}

function chunkedBody(chunkBytes: number, count: number): Uint8Array {
  const chunk = `${chunkBytes.toString(16)}\r\n${'x'.repeat(chunkBytes)}\r\n`;
  const headers = [...responseHeaders, 'Transfer-Encoding: chunked'];
  return message('HTTP/1.1 200 OK', headers, `${chunk.repeat(count)}0\r\n\r\n`);
}

function get(path: string): Uint8Array {
  return message(`GET ${path} HTTP/1.1`, requestHeaders, '');
}

function post(path: string, bodyBytes: number): Uint8Array {
  const headers = [...requestHeaders, 'Content-Type: application/json', `Content-Length: ${bodyBytes}`];
  return message(`POST ${path} HTTP/1.1`, headers, 'p'.repeat(bodyBytes));
}

/** One round of turns: 10 small JSON answers, 4 pages, 3 chunked ones, an upload, a not-modified, one of 100 KiB. */
function typicalRound(): readonly Piece[] {
  const turns: (readonly [Uint8Array, Uint8Array])[] = [];
  for (let at = 0; at < 10; at += 1)
    turns.push([get(`/api/v1/items?page=${at}&size=20`), withLength('200 OK', 700)]);
  for (let at = 0; at < 4; at += 1)
    turns.push([get(`/static/page-${at}.html`), withLength('200 OK', 10_240)]);
  for (let at = 0; at < 3; at += 1) turns.push([get(`/api/v1/report/${at}`), chunkedBody(4096, 3)]);
  turns.push([post('/api/v1/orders', 3000), withLength('201 Created', 120)]);
  turns.push([get('/style.css'), message('HTTP/1.1 304 Not Modified', responseHeaders, '')]);
  turns.push([get('/image.png'), withLength('200 OK', 102_400)]);
  return turns.flatMap(([request, response]) => [
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

/** Parses rounds until `seconds` have passed; `nowNs` is the machine's monotonic clock. */
export function parseBench(seconds: number, nowNs: () => bigint): ParseBenchResult {
  const round = typicalRound();
  let exchanges = 0;
  const sink: ExchangeSink = {
    exchange: () => (exchanges += 1),
    loss: (loss) => {
      throw new Error(`the parser lost ${loss.bytes} bytes of the benchmark's traffic: ${loss.detail}`);
    },
  };
  const parser = http.connect({ limits, decompress: () => undefined, fromStart: true }, sink);
  const positions = { request: 0, response: 0 };
  const startNs = nowNs();
  const endNs = startNs + BigInt(Math.round(seconds * 1e9));
  let atNs = 0;
  while (nowNs() < endNs) {
    for (const { side, bytes } of round) {
      parser.push(side, bytes, positions[side], (atNs += 1000));
      positions[side] += bytes.length;
    }
  }
  const bytes = positions.request + positions.response;
  return { bytes, seconds: Number(nowNs() - startNs) / 1e9, exchanges };
}

if (import.meta.main) {
  parseBench(2, process.hrtime.bigint); // until everything is compiled
  const { bytes, seconds, exchanges } = parseBench(2, process.hrtime.bigint);
  const rate = `${(bytes / seconds / 1e6).toFixed(0)} MB/s, ${(exchanges / seconds).toFixed(0)} exchanges/s`;
  process.stdout.write(`http: ${rate}\n`);
}
