import { expect, test } from 'vitest';
import { buildConnection, ConversationBuilder } from '../testing/event-builders.ts';
import { answer, MS, openTalk, request } from '../testing/http-talk.ts';
import { makeHarness } from '../testing/pipeline-harness.ts';

test('a lost event is a gap with its place, and later requests have no key', () => {
  const { pipeline, rows, talk } = openTalk();
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
  const { pipeline, rows, talk } = openTalk();
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
  const { pipeline, rows, talk } = openTalk();
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
  const { pipeline, rows, talk } = openTalk();
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
  expect(rows('requests')).toMatchObject([{ path: '/2', status_code: null, unpaired_reason: 'joined_late' }]);
});

test('a connection whose beginning was lost inside a message is followed from its next one', () => {
  const { pipeline, rows, verdicts, talk } = openTalk();
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
