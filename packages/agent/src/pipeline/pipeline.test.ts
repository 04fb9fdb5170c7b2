import type { BlockRow } from '@tomte/testkit';
import { describe, expect, test } from 'vitest';
import { buildConnection, buildProcess, ConversationBuilder, ipv4 } from '../testing/event-builders.ts';
import { makeHarness, NOON_NS } from '../testing/pipeline-harness.ts';

const request = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nHost: shop\r\n${more}\r\n`;
const answer = (body: string, status = 200): string =>
  `HTTP/1.1 ${status} X\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const MS = 1e6;

/** An opened connection of nginx at the server's end. */
function open(limits = {}) {
  const harness = makeHarness({ limits });
  harness.pipeline.process(buildProcess());
  harness.pipeline.connection(buildConnection());
  return { ...harness, talk: new ConversationBuilder() };
}

test('a request becomes a row with its times, sizes, ends and process', () => {
  const { pipeline, rows, talk } = open();
  pipeline.data(talk.data('received', request('/a?x=1'), { atNs: 10 * MS }));
  pipeline.data(talk.data('sent', answer('hello'), { atNs: 13 * MS }));
  pipeline.stop();
  expect(rows('requests')).toMatchObject([
    {
      start_time: NOON_NS + 10_000_000n,
      duration_ns: 3_000_000n,
      time_to_first_byte_ns: 3_000_000n,
      exchange_index: 0,
      method: 'GET',
      host: 'shop',
      path: '/a',
      query: 'x=1',
      status_code: 200,
      response_body_bytes: 5n,
      response_body: 'hello',
      client_address: Buffer.from(ipv4('10.0.0.2')).toString('hex'),
      client_port: 40_001,
      server_port: 80,
      role: 2,
      connection_id: 1n,
      pid: 7,
      service_name: 'nginx',
      encrypted: 0,
      unpaired_reason: '',
      agent_id: 'a',
      spool_id: 11n,
    },
  ]);
});

test('both ends of one connection name its exchanges alike, and each differently', () => {
  const server = open();
  const client = makeHarness();
  const ends = {
    localAddress: ipv4('10.0.0.2'),
    localPort: 40_001,
    remoteAddress: ipv4('10.0.0.1'),
    remotePort: 80,
  };
  client.pipeline.connection(buildConnection({ role: 'client', connectionId: 9, ...ends }));
  const clientTalk = new ConversationBuilder(9);
  for (let index = 0; index < 5; index += 1) {
    server.pipeline.data(server.talk.data('received', request('/')));
    server.pipeline.data(server.talk.data('sent', answer('x')));
    client.pipeline.data(clientTalk.data('sent', request('/')));
    client.pipeline.data(clientTalk.data('received', answer('x')));
  }
  server.pipeline.stop();
  client.pipeline.stop();
  const keysOf = (rows: readonly BlockRow[]) =>
    rows.map((row) => [
      row['client_address'],
      row['client_port'],
      row['server_port'],
      row['exchange_index'],
      row['unpaired_reason'],
    ]);
  const keys = keysOf(server.rows('requests'));
  expect(keys.map((key) => key[3])).toEqual([0, 1, 2, 3, 4]);
  expect(keysOf(client.rows('requests'))).toEqual(keys);
  expect(client.rows('requests')[0]).toMatchObject({ role: 1, client_port: 40_001, server_port: 80 });
});

test('with its start seen, both ends give a connection one name, though addresses and ports were translated', () => {
  const server = makeHarness();
  const client = makeHarness();
  const [clientFirst, serverFirst] = [0xdead_beef, 0x8000_0001];
  server.pipeline.connection(
    buildConnection({ initialSendSequence: serverFirst, initialReceiveSequence: clientFirst }),
  );
  const toService = { remoteAddress: ipv4('10.96.0.7'), remotePort: 8080, localPort: 50_000 };
  const atClient = { initialSendSequence: clientFirst, initialReceiveSequence: serverFirst };
  client.pipeline.connection(buildConnection({ role: 'client', connectionId: 9, ...toService, ...atClient }));
  const [serverTalk, clientTalk] = [new ConversationBuilder(), new ConversationBuilder(9)];
  server.pipeline.data(serverTalk.data('received', request('/')));
  server.pipeline.data(serverTalk.data('sent', answer('x')));
  client.pipeline.data(clientTalk.data('sent', request('/')));
  client.pipeline.data(clientTalk.data('received', answer('x')));
  server.pipeline.stop();
  client.pipeline.stop();
  const name = (1n << 63n) | (0xdead_beefn << 32n) | 0x8000_0001n;
  expect(server.rows('requests')).toMatchObject([{ role: 2, connection_id: name }]);
  expect(client.rows('requests')).toMatchObject([{ role: 1, connection_id: name }]);
});

test('without a handshake the requests tell which end is which', () => {
  const { pipeline, rows } = makeHarness();
  pipeline.connection(buildConnection({ kind: 'seen', role: 'unknown', localPort: 40_001, remotePort: 80 }));
  const talk = new ConversationBuilder();
  pipeline.data(talk.data('sent', request('/')));
  pipeline.data(talk.data('received', answer('x')));
  pipeline.stop();
  expect(rows('requests')).toMatchObject([{ role: 1, client_port: 40_001, server_port: 80 }]);
});

describe('loss', () => {
  test('a lost event is a gap with its place, and later requests have no key', () => {
    const { pipeline, rows, talk } = open();
    pipeline.data(talk.data('received', request('/1'), { atNs: 1 }));
    pipeline.data(talk.data('sent', answer('x'), { atNs: 2 }));
    const lost = talk.data('received', request('/lost'));
    talk.data('sent', answer('y'));
    pipeline.data(talk.data('received', request('/3'), { atNs: 300 * MS }));
    pipeline.data(talk.data('sent', answer('z'), { atNs: 301 * MS }));
    pipeline.data(talk.data('received', request('/4'), { atNs: 302 * MS }));
    pipeline.data(talk.data('sent', answer('z'), { atNs: 303 * MS }));
    pipeline.tick(1_000 * MS);
    pipeline.stop();
    const found = rows('requests').map((row) => [row['path'], row['unpaired_reason']]);
    expect(found[0]).toEqual(['/1', '']);
    expect(found.at(-1)).toEqual(['/4', 'gap']);
    const gaps = rows('loss').filter((row) => row['reason'] === 'ring_full');
    expect(gaps).toContainEqual(
      expect.objectContaining({
        source: 'socket_data',
        connection_id: 1n,
        direction: 2,
        first_byte: BigInt(lost.position),
        bytes: BigInt(lost.trueBytes),
      }),
    );
  });

  test('two threads that report in the wrong order lose nothing', () => {
    const { pipeline, rows, talk } = open();
    const first = talk.data('received', request('/1').slice(0, 9));
    const second = talk.data('received', request('/1').slice(9));
    pipeline.data(second);
    pipeline.data(first);
    pipeline.data(talk.data('sent', answer('x')));
    pipeline.stop();
    expect(rows('requests')).toMatchObject([{ path: '/1', status_code: 200 }]);
    expect(rows('loss')).toEqual([]);
  });

  test('what the capture limit cuts is summed, and the request is whole', () => {
    const { pipeline, rows, talk } = open();
    const head = 'HTTP/1.1 200 OK\r\nContent-Length: 100003\r\n\r\n';
    pipeline.data(talk.data('received', request('/big')));
    pipeline.data(talk.data('sent', head, { trueBytes: head.length + 100_003 }));
    pipeline.data(talk.data('received', request('/next')));
    pipeline.data(talk.data('sent', answer('x')));
    pipeline.stop();
    expect(rows('requests')).toMatchObject([
      { path: '/big', response_body_bytes: 100_003n, response_missing_bytes: 0n, unpaired_reason: '' },
      { path: '/next', unpaired_reason: '' },
    ]);
    expect(rows('loss')).toMatchObject([
      { reason: 'capture_limit', events: 1n, bytes: 100_003n, connection_id: 0n },
    ]);
  });

  test('an end with more bytes than were seen is a gap', () => {
    const { pipeline, rows, talk } = open();
    pipeline.data(talk.data('received', request('/1')));
    const sentBytes = answer('x').length;
    pipeline.connection(
      buildConnection({ kind: 'closed', sentBytes, receivedBytes: talk.position('received') }),
    );
    pipeline.stop();
    expect(rows('loss')).toMatchObject([
      { reason: 'ring_full', direction: 1, first_byte: 0n, bytes: BigInt(sentBytes) },
    ]);
    expect(rows('requests')).toMatchObject([{ path: '/1', status_code: null }]);
  });

  test('of a connection that was joined late, the first bytes that were for us are a gap when they did not come', () => {
    const { pipeline, rows, talk } = { ...makeHarness(), talk: new ConversationBuilder() };
    pipeline.connection(buildConnection({ kind: 'seen', fromStart: false }));
    pipeline.data(talk.data('received', request('/2'), { position: 101 }));
    pipeline.data(talk.data('sent', answer('x')));
    pipeline.connection(
      buildConnection({
        kind: 'closed',
        receivedBytes: talk.position('received') + 7,
        sentBytes: talk.position('sent'),
      }),
    );
    pipeline.stop();
    expect(rows('loss').filter(({ reason }) => reason === 'ring_full')).toMatchObject([
      { direction: 2, first_byte: 0n, bytes: 101n },
      { direction: 2, first_byte: BigInt(101 + request('/2').length), bytes: 7n },
    ]);
    // The response may be that of a request in the gap.
    expect(rows('requests')).toMatchObject([
      { path: '/2', status_code: null, unpaired_reason: 'joined_late' },
    ]);
  });

  test('a connection whose beginning was lost inside a message is followed from its next one', () => {
    const { pipeline, rows, verdicts, talk } = open();
    pipeline.data(talk.data('received', '\x00 rest of an upload', { position: 1_009, atNs: 1 * MS }));
    pipeline.tick(500 * MS);
    for (const path of ['/2', '/3']) {
      pipeline.data(talk.data('received', request(path), { atNs: 600 * MS }));
      pipeline.data(talk.data('sent', answer('x'), { atNs: 601 * MS }));
    }
    pipeline.stop();
    expect(verdicts).toEqual([[1, 'http']]);
    expect(rows('requests').map((row) => row['path'])).toEqual(['/2', '/3']);
    expect(rows('loss')).toMatchObject([
      { reason: 'ring_full', direction: 2, first_byte: 0n, bytes: 1_009n },
      { reason: 'parser_resync', events: 1n, bytes: 19n },
    ]);
  });

  test('a connection that was forgotten has no gap, whatever it moved before', () => {
    const { pipeline, rows } = makeHarness();
    const talk = new ConversationBuilder();
    pipeline.data(talk.data('received', request('/9'), { position: 100_003 }));
    pipeline.data(talk.data('sent', answer('x'), { position: 100_019 }));
    const sentBytes = talk.position('sent');
    pipeline.connection(
      buildConnection({ kind: 'closed', receivedBytes: talk.position('received'), sentBytes }),
    );
    pipeline.connection(
      buildConnection({ connectionId: 2, kind: 'closed', receivedBytes: 1_009, sentBytes: 1_013 }),
    );
    pipeline.stop();
    expect(rows('loss')).toEqual([]);
    expect(rows('requests')).toMatchObject([{ path: '/9', status_code: 200 }]);
    expect(rows('connections')).toHaveLength(2);
  });

  test('one connection too many is counted', () => {
    const { pipeline, rows } = makeHarness({ limits: { maxConnections: 3 } });
    for (let id = 1; id <= 7; id += 1)
      pipeline.data(new ConversationBuilder(id).data('received', request('/')));
    pipeline.stop();
    expect(rows('loss')).toMatchObject([{ reason: 'map_full', events: 4n }]);
  });
});

test('TLS: the plaintext is parsed, the hello names the server, ciphertext is no loss', () => {
  const { pipeline, rows, talk } = open();
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
    const { pipeline, rows, talk } = open();
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
    const { pipeline, rows } = open();
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
    const { pipeline, rows, verdicts, talk } = open();
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
    const { pipeline, rows, verdicts, talk } = open();
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
    const { pipeline, rows } = open();
    pipeline.connection(buildConnection(closed));
    pipeline.stop();
    expect(rows('connections')).toMatchObject([{ encrypted: 1, tls_state: 'not_probed' }]);
    expect(rows('loss')).toEqual([]);
  });
});

test('what never was in memory is summed over all connections, not placed', () => {
  const { pipeline, rows } = makeHarness();
  for (let id = 1; id <= 7; id += 1) {
    const talk = new ConversationBuilder(id);
    pipeline.connection(buildConnection({ connectionId: id }));
    pipeline.data(talk.data('received', request(`/${id}`)));
    pipeline.data(talk.data('sent', 'HTTP/1.1 200 OK\r\nContent-Length: 1009\r\n\r\n'));
    pipeline.data(talk.data('sent', '', { trueBytes: 1_009, cutReason: 'not_in_memory' }));
  }
  pipeline.stop();
  expect(rows('loss')).toMatchObject([
    { source: 'socket_data', reason: 'not_in_memory', connection_id: 0n, events: 7n, bytes: 7_063n },
  ]);
  expect(rows('requests')).toHaveLength(7);
  for (const row of rows('requests'))
    expect(row).toMatchObject({
      outcome: 0,
      response_missing_bytes: 1_009n,
      missing_reason: 'not_in_memory',
    });
});

test.each([
  ['unbound', ['tls_unbound']],
  ['not_probed', []],
] as const)('TLS without plaintext: %s, by what the source says of the library', (state, kinds) => {
  const { pipeline, rows, talk } = open();
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

test('a connection of another protocol gets a verdict and no rows but its own', () => {
  const { pipeline, rows, verdicts, talk } = open();
  pipeline.data(talk.data('received', '\x00\x01\x02\x03binary\xff'.repeat(9)));
  pipeline.data(talk.data('sent', '\x09\x08\x07'.repeat(9)));
  pipeline.connection(
    buildConnection({ kind: 'closed', atNs: 9, isReset: true, sentBytes: 900, receivedBytes: 900 }),
  );
  pipeline.stop();
  expect(verdicts).toEqual([[1, 'unknown']]);
  expect(rows('connections')).toMatchObject([{ protocol: '', tls_state: 'plain', end_reason: 2 }]);
  expect([rows('requests'), rows('loss')]).toEqual([[], []]);
});

test('a connection that was joined inside of a body is followed from its next message', () => {
  const { pipeline, rows } = makeHarness();
  pipeline.connection(buildConnection({ kind: 'seen', fromStart: false }));
  const talk = new ConversationBuilder();
  pipeline.data(talk.data('sent', 'rest of some body that began before'));
  for (const path of ['/1', '/2', '/3']) {
    pipeline.data(talk.data('received', request(path)));
    pipeline.data(talk.data('sent', answer('x')));
  }
  pipeline.stop();
  const found = rows('requests');
  expect(found.map((row) => row['path'])).toContain('/3');
  expect(new Set(found.map((row) => row['unpaired_reason']))).toEqual(new Set(['joined_late']));
});

test('an open request is listed after five seconds and never stored', () => {
  const { pipeline, rows, talk } = open();
  pipeline.data(talk.data('received', request('/slow?token=abc'), { atNs: 1_000 * MS }));
  pipeline.tick(5_000 * MS);
  expect(pipeline.openRequests()).toEqual([]);
  pipeline.tick(6_500 * MS);
  expect(pipeline.openRequests()).toMatchObject([
    { path: '/slow', query: 'token=[redacted]', serviceName: 'nginx', ageMs: 5_500 },
  ]);
  expect(rows('requests')).toEqual([]);
  pipeline.data(talk.data('sent', answer('x'), { atNs: 7_000 * MS }));
  expect(pipeline.openRequests()).toEqual([]);
  pipeline.stop();
  expect(rows('requests')).toMatchObject([{ path: '/slow', duration_ns: 6_000_000_000n }]);
});

test('a request without an answer times out', () => {
  const { pipeline, rows, talk } = open({ requestTimeoutNs: 10e9 });
  pipeline.data(talk.data('received', request('/never')));
  for (let second = 1; second <= 61; second += 1) pipeline.tick(second * 1e9);
  expect(rows('requests')).toMatchObject([{ path: '/never', outcome: 5, status_code: null }]);
});

test('batches are sealed within a second, and hold one day each', () => {
  const { pipeline, batches } = makeHarness({ wallNs: 1_795_564_799_999_000_000n });
  pipeline.connection(buildConnection());
  const talk = new ConversationBuilder();
  for (const atMs of [0, 0.5, 1.5, 2]) {
    pipeline.data(talk.data('received', request('/'), { atNs: atMs * MS }));
    pipeline.data(talk.data('sent', answer('x'), { atNs: atMs * MS }));
  }
  pipeline.tick(1_000 * MS);
  expect(batches.map(({ table, day, rows }) => [table, day, rows])).toEqual([
    ['requests', 20_781, 2],
    ['requests', 20_782, 2],
  ]);
});

test('redaction reaches every text of a row', () => {
  const { pipeline, rows, talk } = open();
  const more = 'Authorization: Bearer abcdefgh\r\nCookie: a=b; c=d\r\nX-Api-Key: k\r\nContent-Length: 20\r\n';
  pipeline.data(
    talk.data(
      'received',
      `${request('/u/ann@example.com?password=x', more)}{"password":"secret"}`.slice(0, -1),
    ),
  );
  pipeline.data(talk.data('sent', answer('card 4111111111111111')));
  pipeline.stop();
  const text = JSON.stringify(rows('requests'), (_key, value: unknown) =>
    typeof value === 'bigint' ? '' : value,
  );
  for (const secret of ['abcdefgh', 'a=b', '"k"', 'ann@example', '4111', '"secret'])
    expect(text).not.toContain(secret);
});

/** RFC 8446 §4.1.2, with a server name and nothing else. */
/** TLS 1.2, no session, ECDHE-RSA-AES128-GCM-SHA256, no extensions. */
function serverHello(): Buffer {
  const body = Buffer.concat([Buffer.from([3, 3]), Buffer.alloc(32, 7), Buffer.from([0, 0xc0, 0x2f, 0])]);
  const handshake = Buffer.concat([Buffer.from([2, 0, 0, body.length]), body]);
  return Buffer.concat([Buffer.from([22, 3, 3, 0, handshake.length]), handshake]);
}

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
