import { execFileSync, spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Decompress, Exchange, Side } from '../contract.ts';
import { latin1Text, Recorder } from '../testing/recorder.ts';
import { http } from './index.ts';

/**
 * Captured traffic of strangers against what tshark (dissector and a second reader) found in it: see the
 * captures' README. tshark here only puts segments in order; the parser sees bytes.
 */
const captures = join(import.meta.dirname, '../../../../../shared/captures/http');

interface Expected {
  readonly stream: number;
  readonly client: string;
  readonly method: string;
  readonly target: string;
  readonly host: string | null;
  readonly version: string;
  readonly status: number | null;
  readonly req_body_len: number | null;
  readonly resp_body_len: number | null;
  readonly resp_framing: string;
  readonly interim: readonly number[];
}

/** Streams of a file: pieces of both nodes in the order of the capture. */
type Streams = ReadonlyMap<number, readonly (readonly [0 | 1, Uint8Array])[]>;

const missing = /^\[(\d+) bytes missing in capture file\]/;

function follow(file: string, streams: readonly number[]): Streams {
  const taps = streams.flatMap((stream) => ['-z', `follow,tcp,raw,${stream}`]);
  const options = ['-n', '-o', 'tcp.reassemble_out_of_order:TRUE', '-q'];
  const out = execFileSync('tshark', [...options, '-r', file, ...taps], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const result = new Map<number, (readonly [0 | 1, Uint8Array])[]>();
  let current: (readonly [0 | 1, Uint8Array])[] = [];
  for (const line of out.split('\n')) {
    const stream = /^Filter: tcp\.stream eq (\d+)/.exec(line)?.[1];
    if (stream !== undefined) result.set(Number(stream), (current = []));
    if (/^\t?[0-9a-f]+$/.test(line))
      current.push([line.startsWith('\t') ? 1 : 0, Buffer.from(line.trim(), 'hex')]);
  }
  return result;
}

const decompress: Decompress = (encoding, bytes, maxBytes) => {
  try {
    const finishFlush = constants.Z_SYNC_FLUSH;
    if (encoding === 'gzip') return gunzipSync(bytes, { finishFlush }).subarray(0, maxBytes);
    if (encoding === 'br') return brotliDecompressSync(bytes).subarray(0, maxBytes);
    return encoding === 'deflate' ? inflateSync(bytes, { finishFlush }).subarray(0, maxBytes) : undefined;
  } catch {
    return undefined;
  }
};

function parse(pieces: readonly (readonly [0 | 1, Uint8Array])[]): Recorder {
  const firstOf = (node: 0 | 1): Uint8Array =>
    pieces.find(([from]) => from === node)?.[1] ?? new Uint8Array(0);
  const recognition = http.recognise([firstOf(0), firstOf(1)]);
  expect(recognition.kind).toBe('yes');
  const requestNode = recognition.kind === 'yes' ? recognition.requestDirection : 0;
  const recorder = new Recorder(http, { decompress });
  for (const [node, bytes] of pieces) {
    const side: Side = node === requestNode ? 'request' : 'response';
    const gapBytes = missing.exec(latin1Text(bytes.subarray(0, 60)))?.[1];
    if (gapBytes === undefined) recorder.push(side, bytes);
    else recorder.gap(side, Number(gapBytes), 'not_in_capture');
  }
  return recorder.end();
}

function targetOf(exchange: Exchange): string {
  if (exchange.attributes.get('http.request.target_form') === 'authority') return exchange.host;
  return exchange.query === '' ? exchange.path : `${exchange.path}?${exchange.query}`;
}

function expectSame(exchange: Exchange, expected: Expected): void {
  const limit = 1024; // of path and of query: longer targets are cut
  const [path = '', query] = expected.target.split(/\?(.*)/s);
  const target = query === undefined ? path : `${path.slice(0, limit)}?${query.slice(0, limit)}`;
  expect(exchange.method).toBe(expected.method);
  expect(targetOf(exchange)).toBe(target);
  expect(`HTTP/${exchange.protocolVersion}`).toBe(expected.version);
  expect(exchange.statusCode).toBe(expected.status);
  if (expected.host !== null && expected.method !== 'CONNECT') expect(exchange.host).toBe(expected.host);
  if (expected.req_body_len !== null) expect(exchange.requestBodyBytes).toBe(expected.req_body_len);
  if (expected.resp_body_len !== null) expect(exchange.responseBodyBytes).toBe(expected.resp_body_len);
  expect(exchange.attributes.get('http.response.interim') ?? '').toBe(expected.interim.join(','));
  expect(exchange.attributes.has('http.upgrade')).toBe(['upgrade', 'tunnel'].includes(expected.resp_framing));
}

function readExpected(file: string): readonly Expected[] {
  const lines = readFileSync(file.replace(/\.pcap(ng)?$/, '.expected.jsonl'), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as Expected); // Proof: written by make-expected.py with these keys.
}

const files = globSync('*.{pcap,pcapng}', { cwd: captures }).sort();

function whyNot(): string {
  if (files.length === 0) return `no captures of HTTP in ${captures}`;
  return spawnSync('tshark', ['-v'], { stdio: 'ignore' }).error === undefined
    ? ''
    : 'tshark is not installed';
}
const reason = whyNot();

describe('captures', () => {
  beforeEach(({ skip }) => {
    if (reason !== '') skip(reason);
  });

  it('are all there', () => {
    expect(files.length).toBeGreaterThan(23);
  });

  it.each(files)('%s gives the expected exchanges', (name) => {
    const file = join(captures, name);
    const all = readExpected(file);
    const streams = [...new Set(all.map(({ stream }) => stream))];
    const pieces = follow(file, streams);
    for (const stream of streams) {
      const { exchanges, losses } = parse(pieces.get(stream) ?? []);
      const expected = all.filter((each) => each.stream === stream);
      expect(losses.filter(({ side }) => side === 'request')).toEqual([]);
      const told = [...exchanges]
        .sort((a, b) => a.index - b.index)
        .filter(({ statusCode }) => statusCode !== null);
      expect(told.map((each) => `${each.method} ${targetOf(each).slice(0, 200)} ${each.statusCode}`)).toEqual(
        expected.map((each) => `${each.method} ${each.target.slice(0, 200)} ${each.status}`),
      );
      told.forEach((exchange, at) => {
        const row = expected[at];
        if (row !== undefined) expectSame(exchange, row);
      });
    }
  });

  it('decodes bodies that were compressed', () => {
    for (const [name, start] of [
      ['gzip.pcap', '<?xml'],
      ['brotli.pcapng', 'T'],
    ] as const) {
      const recorder = parse(follow(join(captures, name), [0]).get(0) ?? []);
      const [exchange] = recorder.exchanges;
      expect(exchange?.attributes.has('http.response.body.encoded')).toBe(false);
      expect(latin1Text(exchange?.responseBody ?? new Uint8Array(0)).slice(0, start.length)).toBe(start);
    }
  });
});
