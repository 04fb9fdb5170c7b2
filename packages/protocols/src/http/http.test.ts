import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { brotliDecompressSync, constants, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Decompress, Exchange } from '../contract.ts';
import { latin1, latin1Text, Recorder } from '../testing/recorder.ts';
import { http } from './index.ts';

const decoders: Readonly<Record<Parameters<Decompress>[0], (bytes: Uint8Array) => Uint8Array>> = {
  gzip: (bytes) => gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }),
  deflate: (bytes) => inflateSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }),
  br: (bytes) => brotliDecompressSync(bytes, { finishFlush: constants.BROTLI_OPERATION_FLUSH }),
  zstd: (bytes) => zstdDecompressSync(bytes, { finishFlush: constants.ZSTD_e_flush }),
};
const decompress: Decompress = (encoding, bytes) => decoders[encoding](bytes);

function only(recorder: Recorder): Exchange {
  expect(recorder.exchanges).toHaveLength(1);
  expect(recorder.losses).toEqual([]);
  const [exchange] = recorder.exchanges;
  if (exchange === undefined) throw new Error('no exchange');
  return exchange;
}

const get = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n';
const ok = (body: string): string => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const told = ({ exchanges }: Recorder): string[] =>
  exchanges.map(({ method, path, statusCode, outcome }) => `${method} ${path} ${statusCode} ${outcome}`);

describe('connections', () => {
  it('are kept alive, in both versions', () => {
    const recorder = new Recorder(http);
    recorder
      .request('GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n')
      .response(ok('a').replace('1.1', '1.0'));
    recorder.request('GET /2 HTTP/1.1\r\n\r\n').response(ok('b')).end();
    expect(told(recorder)).toEqual(['GET /1 200 ok', 'GET /2 200 ok']);
    expect(recorder.exchanges.map(({ protocolVersion, index }) => [protocolVersion, index])).toEqual([
      ['1.0', 0],
      ['1.1', 1],
    ]);
  });

  it('pipeline: the n-th response answers the n-th request', () => {
    const recorder = new Recorder(http);
    recorder.request('GET /1 HTTP/1.1\r\n\r\nHEAD /2 HTTP/1.1\r\n\r\nGET /3 HTTP/1.1\r\n\r\n');
    recorder.response(
      `${ok('1')}HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nHTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n`,
    );
    expect(told(recorder.end())).toEqual(['GET /1 200 ok', 'HEAD /2 200 ok', 'GET /3 404 client_error']);
  });

  it('are sure again after a loss, though no byte of any body is there (sendfile)', () => {
    const recorder = new Recorder(http);
    const serve = (path: string): void => {
      recorder.request(`GET ${path} HTTP/1.1\r\n\r\n`);
      recorder
        .response('HTTP/1.1 200 OK\r\nContent-Length: 1009\r\n\r\n')
        .gap('response', 1009, 'not_in_memory');
    };
    serve('/1');
    recorder.gap('request', 23).gap('response', 31);
    for (const path of ['/2', '/3', '/4']) serve(path);
    expect(told(recorder.end())).toEqual([
      'GET /1 200 ok',
      'GET /2 200 ok',
      'GET /3 200 ok',
      'GET /4 200 ok',
    ]);
    expect(recorder.losses).toEqual([]);
  });

  it('tell requests over the limit as lost, and pair the others', () => {
    const recorder = new Recorder(http, { limits: { maxPendingRequests: 2 } });
    for (let turn = 0; turn < 3; turn += 1) recorder.request(`GET /${turn} HTTP/1.1\r\n\r\n`);
    for (let turn = 0; turn < 3; turn += 1) recorder.response(ok(String(turn)));
    expect(told(recorder.end())).toEqual(['GET /0 200 ok', 'GET /1 200 ok']);
    expect(recorder.losses.map(({ reason, detail, bytes }) => [reason, detail, bytes])).toEqual([
      ['parser_limit', 'too_many_waiting', 19],
      ['parser_resync', 'response_unpaired', 39],
    ]);
  });

  it('upgrade: behind 101 nothing is read', () => {
    const recorder = new Recorder(http);
    recorder.request('GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    recorder.response('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x05hello');
    expect(recorder.parser.isFinished).toBe(true);
    expect(only(recorder).attributes.get('http.upgrade')).toBe('websocket');
  });

  it('go on when the server does not upgrade', () => {
    const recorder = new Recorder(http);
    recorder.request('GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n').response(ok('a'));
    recorder.request(get).response(ok('b')).end();
    expect(told(recorder)).toEqual(['GET /ws 200 ok', 'GET / 200 ok']);
  });

  it('become tunnels by CONNECT', () => {
    const recorder = new Recorder(http);
    recorder.request('CONNECT h.example:443 HTTP/1.1\r\n\r\n').response('HTTP/1.1 200 OK\r\n\r\n\x16\x03');
    const exchange = only(recorder);
    expect([exchange.host, exchange.path]).toEqual(['h.example:443', '']);
    expect(exchange.attributes.get('http.upgrade')).toBe('tunnel');
  });
});

describe('bodies', () => {
  it('in chunks: sizes without framing, trailers as attributes', () => {
    const recorder = new Recorder(http);
    const head = 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n';
    const body = '3;a="b"\r\nabc\r\n0\r\nX-Sum: 7\r\n\r\n';
    recorder.request(head + body);
    const exchange = only(recorder.response('HTTP/1.1 204 No\r\n\r\n').end());
    expect(exchange.requestBodyBytes).toBe(3);
    expect(exchange.requestBytes).toBe(head.length + body.length);
    expect(latin1Text(exchange.requestBody)).toBe('abc');
    expect(exchange.attributes.get('http.request.trailer.x-sum')).toBe('7');
  });

  it.each([
    ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n'],
    ['GET', 'HTTP/1.1 204 No Content\r\n\r\n'],
    ['GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 50\r\n\r\n'],
  ])('are absent: %s, %j', (method, response) => {
    const recorder = new Recorder(http);
    recorder.request(`${method} / HTTP/1.1\r\n\r\n`).response(response);
    expect(only(recorder).responseBodyBytes).toBe(0);
  });

  it('wait for 100 Continue', () => {
    const recorder = new Recorder(http);
    recorder.request('POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n');
    recorder.response('HTTP/1.1 100 Continue\r\n\r\n').request('body');
    recorder.response(`HTTP/1.1 103 Early Hints\r\nLink: </s>\r\n\r\n${ok('done')}`);
    const exchange = only(recorder);
    expect([exchange.statusCode, exchange.requestBodyBytes, exchange.responseBodyBytes]).toEqual([200, 4, 4]);
    expect(exchange.attributes.get('http.response.interim')).toBe('100,103');
    expect([exchange.requestEndNs, exchange.responseStartNs]).toEqual([3, 4]);
  });

  it('are kept up to 2 KiB, with their true sizes', () => {
    const recorder = new Recorder(http);
    const exchange = only(recorder.request(get).response(ok('x'.repeat(1_000_003))));
    expect(exchange.responseBody).toHaveLength(2048);
    expect(exchange.responseBodyBytes).toBe(1_000_003);
    expect(exchange.responseBytes).toBe(1_000_003 + ok('').length - 1 + '1000003'.length);
  });

  it('of several parts are left whole', () => {
    const body = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nGET / HTTP/1.1\r\n\r\n--b--\r\n';
    const recorder = new Recorder(http);
    const type = 'Content-Type: multipart/form-data; boundary=b\r\n';
    recorder.request(`POST / HTTP/1.1\r\n${type}Content-Length: ${body.length}\r\n\r\n${body}`);
    expect(latin1Text(only(recorder.response(ok(''))).requestBody)).toBe(body);
  });

  const plain = latin1(Array.from({ length: 400 }, (_, at) => `line ${at * at}`).join('\n'));
  it.each([
    ['gzip', gzipSync(plain)],
    ['x-gzip', gzipSync(plain)],
    ['deflate', deflateSync(plain)],
    ['br', brotliCompressSync(plain)],
    ['zstd', zstdCompressSync(plain)],
    ['gzip, br', brotliCompressSync(gzipSync(plain))],
  ])('are decoded within the limit: %s', (coding, bytes) => {
    const recorder = new Recorder(http, { decompress });
    recorder.request(get);
    recorder.response(
      `HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\nContent-Length: ${bytes.length}\r\n\r\n`,
    );
    const exchange = only(recorder.response(bytes));
    expect(latin1Text(exchange.responseBody)).toBe(latin1Text(plain.subarray(0, 2048)));
    expect(exchange.responseBodyBytes).toBe(bytes.length);
    expect(exchange.attributes.size).toBe(0);
  });

  it('that nobody can decode say what they are', () => {
    const recorder = new Recorder(http, { decompress: () => undefined });
    recorder.request(get);
    const exchange = only(
      recorder.response('HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\n\xff\xff'),
    );
    expect(latin1Text(exchange.responseBody)).toBe('\xff\xff');
    expect(exchange.attributes.get('http.response.body.encoded')).toBe('br');
  });

  it('keep what they hold when the memory of the push is used again', () => {
    const recorder = new Recorder(http);
    const bytes = latin1('POST / HTTP/1.1\r\nA: one\r\nContent-Length: 4\r\n\r\nbody');
    recorder.request(bytes);
    bytes.fill(0);
    const exchange = only(recorder.response(ok('')));
    expect([exchange.method, exchange.requestHeaders.get('a')]).toEqual(['POST', 'one']);
    expect(latin1Text(exchange.requestBody)).toBe('body');
  });
});

describe('heads', () => {
  it('name an absolute target', () => {
    const recorder = new Recorder(http);
    recorder.request('GET http://u:p@h.example:81/x?y=1?z HTTP/1.1\r\nHost: other\r\n\r\n');
    const { host, path, query, attributes } = only(recorder.response(ok('')));
    expect([host, path, query]).toEqual(['h.example:81', '/x', 'y=1?z']);
    expect(attributes.get('http.request.target_form')).toBe('absolute');
  });

  it('are folded, end in bare line feeds, hold UTF-8 and other bytes', () => {
    const recorder = new Recorder(http);
    recorder.request(
      'GET /\xc3\xbc HTTP/1.1\nHost: h\nX-Long: one\n\ttwo\n  three\nName: \xc3\xbc\nRaw: \xff\n\n',
    );
    const { requestHeaders, path } = only(recorder.response(ok('')));
    expect([...requestHeaders]).toEqual([
      ['host', 'h'],
      ['x-long', 'one two three'],
      ['name', 'ü'],
      ['raw', 'ÿ'],
    ]);
    expect(path).toBe('/ü');
  });

  it('that are like one before give the same fields, and no other do', () => {
    const recorder = new Recorder(http);
    const same = 'A: 1\r\nB: 22\r\n';
    const heads = [same, same, same, 'A: 1\r\nB: 23\r\n', same, 'A: 1\r\n', ''];
    for (const fields of heads) recorder.request(`GET / HTTP/1.1\r\n${fields}\r\n`).response(ok(''));
    const seen = recorder.exchanges.map(({ requestHeaders }) => [...requestHeaders].flat().join());
    expect(seen).toEqual(['a,1,b,22', 'a,1,b,22', 'a,1,b,22', 'a,1,b,23', 'a,1,b,22', 'a,1', '']);
    expect(recorder.exchanges[4]?.requestHeaders).toBe(recorder.exchanges[2]?.requestHeaders);
  });

  it('with a line of 1 GiB are cut at the limit, counted, and hold nothing', () => {
    const recorder = new Recorder(http);
    recorder.request('GET /big HTTP/1.1\r\nHost: h\r\nX: ');
    const piece = new Uint8Array(1 << 20).fill(0x61);
    for (let times = 0; times < 1024; times += 1) recorder.request(piece);
    recorder.request('\r\n\r\n').response(ok(''));
    recorder.request('GET /next HTTP/1.1\r\n\r\n').response(ok('')).request(get).response(ok('')).end();
    expect(recorder.maxHeldBytes).toBeLessThan(100_000);
    expect(told(recorder).at(-1)).toBe('GET / 200 ok');
    const lost = recorder.losses.filter(({ reason }) => reason === 'parser_limit');
    expect(lost.reduce((sum, { bytes }) => sum + bytes, 0)).toBeGreaterThan(2 ** 30 - 16_384);
  });
});

describe('what is told and what is lost', () => {
  it('an answer that ends after its request had timed out is counted once', () => {
    const recorder = new Recorder(http);
    recorder.request(get).response('HTTP/1.1 200 OK\r\n\r\nbegun');
    recorder.parser.expire(1e12, 1);
    recorder.response('more').end();
    expect(recorder.exchanges.map(({ outcome, responseBytes }) => [outcome, responseBytes])).toEqual([
      ['timed_out', 24],
    ]);
    expect(recorder.losses.map(({ detail, position, bytes }) => [detail, position, bytes])).toEqual([
      ['response_late', 24, 4],
    ]);
  });

  it('a request that goes on after it had timed out is counted once', () => {
    const recorder = new Recorder(http);
    recorder.request('POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc');
    recorder.parser.expire(1e12, 1);
    recorder.request('defghi').end();
    expect(recorder.exchanges.map(({ outcome, requestBytes }) => [outcome, requestBytes])).toEqual([
      ['timed_out', 41],
    ]);
    expect(recorder.losses.map(({ detail, position, bytes }) => [detail, position, bytes])).toEqual([
      ['request_late', 41, 6],
    ]);
  });

  it('a pair joined late that falls silent is told once', () => {
    const recorder = new Recorder(http, { fromStart: false });
    recorder.request(get).response(ok('a'));
    expect(recorder.exchanges).toEqual([]);
    recorder.parser.expire(1e12, 1);
    recorder.response(ok('unasked')).end();
    expect(told(recorder)).toEqual(['GET / 200 ok']);
    expect(recorder.losses.map(({ bytes }) => bytes)).toEqual([ok('unasked').length]);
  });

  it('what follows a broken head is found in it, however the bytes are cut', () => {
    const large = 'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n';
    const bodiless = 'HTTP/1.1 204 No\r\n\r\nHTTP/1.1 304 x\r\n\r\n';
    const text = `${large}HTTP/1.1\r\nhello${large}${bodiless}`;
    const lossesWith = (step: number): unknown => {
      const recorder = new Recorder(http).response(text.slice(0, 3));
      for (let at = 3; at < text.length; at += step) recorder.response(text.slice(at, at + step));
      return recorder.end().losses;
    };
    const whole = lossesWith(text.length);
    expect(whole).toMatchObject([{ bytes: 40 }, { bytes: 15 }, { bytes: 40 }, { bytes: 19 }, { bytes: 18 }]);
    for (let step = 1; step < text.length; step += 1) expect(lossesWith(step)).toEqual(whole);
  });

  it('an upgrade joined late is told, and a request on the way with it', () => {
    const recorder = new Recorder(http, { fromStart: false });
    recorder.request('GET /ws HTTP/1.1\r\nUpgrade: x\r\n\r\n');
    recorder.response('HTTP/1.1 101 x\r\nUpgrade: x\r\n\r\n');
    expect(told(recorder)).toEqual(['GET /ws 101 ok']);
    expect(recorder.losses).toEqual([]);
    expect(recorder.end().parser.open()).toEqual([]);
  });
});
