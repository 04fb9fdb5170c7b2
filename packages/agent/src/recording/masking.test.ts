import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { RuleRedactor } from '../redaction/rule-redactor.ts';
import { defaultRedactionRules } from '../redaction/rules.ts';
import type { ConnectionEvent, DataEvent, EventSink } from '../sources/source.ts';
import { buildConnection, ConversationBuilder } from '../testing/event-builders.ts';
import { MaskingSink } from './masking-sink.ts';

const redactor = new RuleRedactor(defaultRedactionRules);

/** What comes out of a masking sink, streams put together again. */
function makeSink() {
  const events: (DataEvent | ConnectionEvent)[] = [];
  const streams = { sent: Buffer.alloc(0), received: Buffer.alloc(0) };
  const nothing = (): void => undefined;
  const sink: EventSink = {
    data(event) {
      events.push({ ...event, bytes: Buffer.from(event.bytes) });
      streams[event.direction] = Buffer.concat([streams[event.direction], event.bytes]);
    },
    connection: (event) => void events.push(event),
    process: nothing,
    syscalls: nothing,
    counters: nothing,
    loss: nothing,
    probe: nothing,
    clock: nothing,
  };
  return { masking: new MaskingSink(sink, redactor), events, streams };
}

/** Sends both directions in pieces of `size` and ends the connection. */
function mask(received: Buffer, sent: Buffer, size: number) {
  const to = makeSink();
  const talk = new ConversationBuilder();
  for (let at = 0; at < received.length; at += size)
    to.masking.data(talk.data('received', received.subarray(at, at + size)));
  for (let at = 0; at < sent.length; at += size)
    to.masking.data(talk.data('sent', sent.subarray(at, at + size)));
  to.masking.connection(buildConnection({ kind: 'closed' }));
  return to;
}

const secretRequest = Buffer.from(
  'POST /login?api_key=SECRET1&a=1 HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer SECRET2\r\n SECRET3\r\nCookie: sid=SECRET4; x=SECRET5\r\n' +
    'Content-Length: 38\r\n\r\n{"user":"ann","password":"SECRET6abc"}' +
    'GET /next HTTP/1.1\r\nX-Api-Key: SECRET7\r\n\r\n',
);
const chunkedAnswer = Buffer.from(
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nSet-Cookie: a=SECRET8\r\n\r\n' +
    '7\r\n{"passw\r\nc\r\nord":"SECRET\r\n6\r\n9def"}\r\n0\r\n\r\n' +
    'HTTP/1.1 204 No Content\r\nETag: "kept"\r\n\r\n',
);

describe.each([1, 2, 3, 7, 64, 100_000])('pieces of %i bytes', (size) => {
  test('secrets go, lengths and framing stay', () => {
    const { streams, events } = mask(secretRequest, chunkedAnswer, size);
    expect(streams.received.length).toBe(secretRequest.length);
    expect(streams.sent.length).toBe(chunkedAnswer.length);
    const text = streams.received.toString() + streams.sent.toString();
    expect(text.replaceAll(/\r\n[0-9a-f]\r\n/g, '')).not.toMatch(/SECRET|9def/);
    expect(text).toContain('GET /next HTTP/1.1\r\n');
    expect(text).toContain('{"user":"ann","password":"**********"}');
    expect(streams.sent.toString()).toContain(
      '\r\n\r\n7\r\n{"passw\r\nc\r\nord":"******\r\n6\r\n****"}\r\n0\r\n\r\nHTTP/1.1 204',
    );
    expect(streams.sent.toString()).toContain('ETag: "kept"');
    expect(events.at(-1)).toMatchObject({ kind: 'closed' });
  });
});

test.each([1, 5, 64, 100_000])('trailers and extensions of chunks, in pieces of %i bytes', (size) => {
  const answer = Buffer.from(
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n' +
      '4;password=SECRET1\r\nbody\r\n0\r\nAuthorization: ApiKey SECRET2\r\n SECRET3\r\nX-Sum: kept\r\n\r\n' +
      'HTTP/1.1 204 No Content\r\nETag: "kept"\r\n\r\n',
  );
  const { streams } = mask(Buffer.from('GET / HTTP/1.1\r\n\r\n'), answer, size);
  const text = streams.sent.toString();
  expect(text).not.toContain('SECRET');
  expect(streams.sent.length).toBe(answer.length);
  expect(text).toContain('X-Sum: kept\r\n\r\nHTTP/1.1 204');
});

test('a compressed body is masked as a whole, and the next message is found', () => {
  const body = gzipSync('{"password":"hunter2"}');
  const head = `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n`;
  const { streams } = mask(
    Buffer.from('GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n'),
    Buffer.concat([
      Buffer.from(head),
      body,
      Buffer.from('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'),
    ]),
    11,
  );
  expect(streams.sent.toString('latin1')).toBe(
    `${head}${'*'.repeat(body.length)}HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n`,
  );
});

test('an answer to HEAD has no body, whatever its length says', () => {
  const { streams } = mask(
    Buffer.from('HEAD / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n'),
    Buffer.from(
      'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 500\r\n\r\nHTTP/1.1 200 OK\r\nSet-Cookie: SECRET\r\nContent-Length: 0\r\n\r\n',
    ),
    1_000,
  );
  expect(streams.sent.toString()).toContain('HTTP/1.1 200 OK\r\nSet-Cookie: ******\r\n');
});

test('a cut body goes on, and what follows it is found', () => {
  const { masking, streams } = makeSink();
  const talk = new ConversationBuilder();
  const head = 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n';
  masking.data(talk.data('sent', head + 'x'.repeat(10), { trueBytes: head.length + 900 }));
  masking.data(talk.data('sent', 'y'.repeat(100)));
  masking.data(talk.data('sent', 'HTTP/1.1 200 OK\r\nSet-Cookie: SECRET\r\n\r\n'));
  masking.finishAll();
  expect(streams.sent.toString()).toContain('Set-Cookie: ******');
  expect(streams.sent.toString()).not.toContain('SECRET');
});

describe.each([
  ['form', 'password=', '&b=2'],
  ['JSON', '{"password":"', '","b":2}'],
  ['private key', '-----BEGIN PRIVATE KEY-----', '-----END'],
  ['multipart', '--b\r\nContent-Disposition: form-data; name="pin"\r\n\r\n', '\r\n--b--'],
])('a secret in %s that is longer than what is looked at together', (_name, before, after) => {
  const secret = 'QZJXV'.repeat(40_000);
  const content = `${'-'.repeat(60_000)}&${before}${secret}${after}`;

  test('in a body', () => {
    const head = `HTTP/1.1 200 OK\r\nContent-Length: ${content.length}\r\n\r\n`;
    const { streams } = mask(Buffer.from('GET / HTTP/1.1\r\n\r\n'), Buffer.from(head + content), 16_001);
    const expected = content.replace(secret, '*'.repeat(secret.length));
    expect(streams.sent.toString() === head + expected).toBe(true);
  });

  test('over a gap, and what follows is found', () => {
    const { masking, streams } = makeSink();
    const talk = new ConversationBuilder();
    const head = `HTTP/1.1 200 OK\r\nContent-Length: ${content.length}\r\n\r\n`;
    const cut = 60_101;
    masking.data(talk.data('sent', head + content.slice(0, cut), { trueBytes: head.length + cut + 5_000 }));
    masking.data(talk.data('sent', content.slice(cut + 5_000)));
    masking.data(talk.data('sent', 'HTTP/1.1 200 OK\r\nX-A: kept\r\n\r\n'));
    masking.finishAll();
    expect(/[QZJXV]{4}/.test(streams.sent.toString())).toBe(false);
    expect(streams.sent.toString().endsWith(`${after}HTTP/1.1 200 OK\r\nX-A: kept\r\n\r\n`)).toBe(true);
  });

  test('in another protocol than HTTP', () => {
    const { streams } = mask(Buffer.from(content), Buffer.alloc(0), 997);
    expect(/[QZJXV]{4}/.test(streams.received.toString())).toBe(false);
    expect(streams.received.toString().endsWith(after)).toBe(true);
  });
});

test('order within a connection stays while a head is waited for', () => {
  const { masking, events } = makeSink();
  const talk = new ConversationBuilder();
  masking.data(talk.data('received', 'GET / HTTP/1.1\r\nCook'));
  masking.data(talk.data('sent', 'HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n'));
  expect(events).toEqual([]);
  masking.data(talk.data('received', 'ie: SECRET\r\n\r\n'));
  expect(events.map((event) => 'direction' in event && event.direction)).toEqual([
    'received',
    'sent',
    'received',
  ]);
});

test('ciphertext passes untouched', () => {
  const { masking, streams } = makeSink();
  const record = Buffer.concat([Buffer.from([23, 3, 3, 0, 40]), Buffer.from('password=SECRET-in-noise')]);
  masking.data(new ConversationBuilder().data('sent', record));
  expect(streams.sent.equals(record)).toBe(true);
});

test('what waits is bounded', () => {
  const { masking, events } = makeSink();
  const talk = new ConversationBuilder();
  masking.data(talk.data('received', `GET / HTTP/1.1\r\nCookie: ${'s'.repeat(60_000)}`));
  for (let count = 0; count < 41; count += 1) masking.data(talk.data('received', 's'.repeat(60_000)));
  expect(events.length).toBe(42);
});
