import type { BlockRow } from '@tomte/testkit';
import { expect, test } from 'vitest';
import { buildConnection, ConversationBuilder, ipv4 } from '../testing/event-builders.ts';
import { answer, MS, openTalk, request } from '../testing/http-talk.ts';
import { makeHarness, NOON_NS } from '../testing/pipeline-harness.ts';

test('a request becomes a row with its times, sizes, ends and process', () => {
  const { pipeline, rows, talk } = openTalk();
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
  const server = openTalk();
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

test('a connection of another protocol gets a verdict and no rows but its own', () => {
  const { pipeline, rows, verdicts, talk } = openTalk();
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
  const { pipeline, rows, talk } = openTalk();
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
  const { pipeline, rows, talk } = openTalk({ requestTimeoutNs: 10e9 });
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
  const { pipeline, rows, talk } = openTalk();
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
