import { describe, expect, test } from 'vitest';
import { buildConnection } from '../testing/event-builders.ts';
import { answer, openTalk, request } from '../testing/http-talk.ts';

test('TLS: the plaintext is parsed, the hello names the server, ciphertext is no loss', () => {
  const { pipeline, rows, talk } = openTalk();
  const hello = clientHello('shop.example');
  pipeline.data(talk.data('received', hello.subarray(0, 50)));
  pipeline.data(talk.data('received', hello.subarray(50)));
  pipeline.data(talk.data('sent', Buffer.from([22, 3, 3, 0, 200, 2, 0, 0]), { trueBytes: 5_000 }));
  pipeline.data(talk.data('received', request('/s'), { isPlaintextOfTls: true, atNs: 5 }));
  pipeline.data(talk.data('sent', answer('x'), { isPlaintextOfTls: true, atNs: 6 }));
  pipeline.connection(buildConnection({ kind: 'closed', atNs: 9, sentBytes: 5_000, receivedBytes: 900 }));
  pipeline.stop();
  expect(rows('requests')).toMatchObject([
    { path: '/s', encrypted: 1, status_code: 200, unpaired_reason: '' },
  ]);
  expect(rows('connections')).toMatchObject([
    {
      encrypted: 1,
      tls_state: 'decrypted',
      tls_server_name: 'shop.example',
      protocol: 'http',
      end_reason: 0,
    },
  ]);
  expect(rows('loss')).toEqual([]);
});

describe('TLS whose end was lost', () => {
  const hello = clientHello('shop.example');
  const closed = { kind: 'closed', atNs: 9, sentBytes: 5_003, receivedBytes: 907, isTls: true } as const;
  const plaintext = { isPlaintextOfTls: true } as const;

  test('the gap is where the plaintext ends, by the totals of its end', () => {
    const { pipeline, rows, talk } = openTalk();
    pipeline.data(talk.data('received', hello));
    pipeline.data(talk.data('received', request('/1'), plaintext));
    const seenBytes = request('/1').length;
    const totals = { plaintextReceivedBytes: seenBytes + 31, plaintextSentBytes: answer('x').length };
    pipeline.connection(buildConnection({ ...closed, ...totals }));
    pipeline.stop();
    expect(rows('requests')).toMatchObject([{ path: '/1', encrypted: 1, status_code: null }]);
    const gap = { source: 'tls_data', reason: 'ring_full', connection_id: 1n };
    expect(rows('loss')).toMatchObject([
      { ...gap, direction: 1, first_byte: 0n, bytes: BigInt(answer('x').length) },
      { ...gap, direction: 2, first_byte: BigInt(seenBytes), bytes: 31n },
    ]);
  });

  test('not one event of it came: all of the plaintext is a gap, and none of the ciphertext', () => {
    const { pipeline, rows } = openTalk();
    pipeline.connection(
      buildConnection({ ...closed, plaintextReceivedBytes: 101, plaintextSentBytes: 1_009 }),
    );
    pipeline.stop();
    expect(rows('connections')).toMatchObject([{ encrypted: 1, tls_state: 'decrypted' }]);
    expect(rows('loss')).toMatchObject([
      { source: 'tls_data', direction: 1, first_byte: 0n, bytes: 1_009n },
      { source: 'tls_data', direction: 2, first_byte: 0n, bytes: 101n },
    ]);
  });

  test('ciphertext whose hello was lost does not refuse the plaintext of a bound connection', () => {
    const { pipeline, rows, verdicts, talk } = openTalk();
    pipeline.connection(buildConnection({ kind: 'tls_bound' }));
    pipeline.data(talk.data('received', '\x9c\x01\x02\x03rest of a record\xff'.repeat(9), { position: 5 }));
    pipeline.data(talk.data('sent', '\x8d\x08\x07'.repeat(9), { position: 5 }));
    expect(verdicts).toEqual([]);
    pipeline.data(talk.data('received', request('/1'), plaintext));
    pipeline.data(talk.data('sent', answer('x'), plaintext));
    pipeline.connection(buildConnection(closed));
    pipeline.stop();
    expect(rows('requests')).toMatchObject([{ path: '/1', encrypted: 1, status_code: 200 }]);
    expect(rows('loss')).toEqual([]);
  });

  test('a connection that was given up before is not told as lost: nobody wanted its plaintext', () => {
    const { pipeline, rows, verdicts, talk } = openTalk();
    pipeline.data(talk.data('received', '\x00\x01\x02\x03binary\xff'.repeat(9)));
    pipeline.data(talk.data('sent', '\x09\x08\x07'.repeat(9)));
    expect(verdicts).toEqual([[1, 'unknown']]);
    pipeline.connection(
      buildConnection({ ...closed, plaintextReceivedBytes: 101, plaintextSentBytes: 1_009 }),
    );
    pipeline.stop();
    expect(rows('loss')).toEqual([]);
  });

  test('ciphertext of an unbound connection is no gap, though not even its hello came', () => {
    const { pipeline, rows } = openTalk();
    pipeline.connection(buildConnection(closed));
    pipeline.stop();
    expect(rows('connections')).toMatchObject([{ encrypted: 1, tls_state: 'not_probed' }]);
    expect(rows('loss')).toEqual([]);
  });
});

test.each([
  ['unbound', ['tls_unbound']],
  ['not_probed', []],
] as const)('TLS without plaintext: %s, by what the source says of the library', (state, kinds) => {
  const { pipeline, rows, talk } = openTalk();
  pipeline.data(talk.data('received', clientHello('shop.example')));
  pipeline.data(talk.data('sent', serverHello()));
  for (const kind of kinds) pipeline.connection(buildConnection({ kind, atNs: 8 }));
  pipeline.connection(buildConnection({ kind: 'closed', atNs: 9, sentBytes: 5_000, receivedBytes: 900 }));
  pipeline.stop();
  expect(rows('requests')).toEqual([]);
  expect(rows('connections')).toMatchObject([
    {
      encrypted: 1,
      tls_state: state,
      tls_server_name: 'shop.example',
      tls_version: '1.2',
      tls_cipher_suite: 'c02f',
      tls_alpn: '',
    },
  ]);
});

/** TLS 1.2, no session, ECDHE-RSA-AES128-GCM-SHA256, no extensions. */
function serverHello(): Buffer {
  const body = Buffer.concat([Buffer.from([3, 3]), Buffer.alloc(32, 7), Buffer.from([0, 0xc0, 0x2f, 0])]);
  const handshake = Buffer.concat([Buffer.from([2, 0, 0, body.length]), body]);
  return Buffer.concat([Buffer.from([22, 3, 3, 0, handshake.length]), handshake]);
}

/** RFC 8446 §4.1.2, with a server name and nothing else. */
function clientHello(name: string): Buffer {
  const host = Buffer.from(name);
  const entry = Buffer.concat([Buffer.from([0, 0, host.length]), host]);
  const list = Buffer.concat([Buffer.from([0, entry.length]), entry]);
  const extension = Buffer.concat([Buffer.from([0, 0, 0, list.length]), list]);
  const body = Buffer.concat([
    Buffer.from([3, 3]),
    Buffer.alloc(32, 7),
    Buffer.from([0, 0, 2, 0x13, 0x01, 1, 0, 0, extension.length]),
    extension,
  ]);
  const handshake = Buffer.concat([Buffer.from([1, 0, 0, body.length]), body]);
  return Buffer.concat([Buffer.from([22, 3, 1, 0, handshake.length]), handshake]);
}
