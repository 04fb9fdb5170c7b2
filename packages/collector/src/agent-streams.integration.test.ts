import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { Client, credentials, Metadata, status as grpcStatus } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { startTestStore } from '@tomte/testkit';
import type { TestStore } from '@tomte/testkit';
import { agentService, channelOptions, CONNECT_PATH, NackReason } from '@tomte/wire';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { authenticateBySecret } from './authentication.ts';
import { collectorHarness } from './testing/collector-harness.ts';
import { makeBatch } from './testing/test-batches.ts';

let clickhouse: TestStore;
beforeAll(async () => {
  clickhouse = await startTestStore();
});
afterAll(() => clickhouse.close());

const { collect, connect, newSpoolId } = collectorHarness(() => clickhouse.store, onTestFinished);

test('an agent with another schema: what does not fit may be sent again later', async () => {
  const spoolId = newSpoolId();
  const collector = await collect();
  const agent = await connect(collector, {
    spoolId,
    hello: {
      schemas: [
        { table: 'loss', hash: 'newer' },
        { table: 'newer', hash: 'x' },
      ],
    },
  });
  agent.send({ ...makeBatch({ spoolId, seq: 1, rows: 7 }), table: 'loss' });
  agent.send({ ...makeBatch({ spoolId, seq: 2, rows: 7 }), table: 'newer' });
  agent.send(makeBatch({ spoolId, seq: 3, rows: 7 }));
  await agent.until((it) => it.settledCount === 3);
  expect(agent.nacks.get(1)).toMatchObject({ reason: NackReason.SCHEMA, retryable: true });
  expect(agent.nacks.get(2)).toMatchObject({ reason: NackReason.UNKNOWN_TABLE, retryable: true });
  expect(collector.stats.quarantinedBatches).toBe(0);
});

test.each([
  ['no token', undefined],
  ['a wrong one', 'wrong'],
])('%s', async (_name, token) => {
  const collector = await collect({ authenticate: authenticateBySecret('right') });
  const agent = await connect(collector, {
    spoolId: newSpoolId(),
    ...(token === undefined ? {} : { token }),
  });
  expect(agent.ended?.code).toBe(grpcStatus.UNAUTHENTICATED);
  const good = await connect(collector, { spoolId: newSpoolId(), token: 'right' });
  expect(good.isWelcome).toBe(true);
  expect(collector.stats.streamsRefusedToken).toBe(1);
});

test('a token that is good for a while ends its stream then, and is asked for again', async () => {
  const shown: (string | undefined)[] = [];
  const collector = await collect({
    authenticate: (token) => {
      shown.push(token);
      return Promise.resolve({ kind: 'authentic', principal: 'node-1', goodForMs: 50 });
    },
  });
  const spoolId = newSpoolId();
  for (const token of ['first', 'second']) {
    const agent = await connect(collector, { spoolId, token });
    await agent.until((it) => it.ended !== undefined);
    expect(agent.ended).toMatchObject({ code: grpcStatus.UNAVAILABLE });
  }
  expect(shown).toEqual(['first', 'second']);
});

test('a spool belongs to whoever opened it: another principal does not end its stream', async () => {
  const collector = await collect({
    authenticate: (token) => Promise.resolve({ kind: 'authentic', principal: token ?? '' }),
  });
  const spoolId = newSpoolId();
  const owner = await connect(collector, { spoolId, token: 'node-1' });
  const other = await connect(collector, { spoolId, token: 'node-2' });
  expect(other.ended?.code).toBe(grpcStatus.PERMISSION_DENIED);
  expect(owner.ended).toBeUndefined();
  const again = await connect(collector, { spoolId, token: 'node-1' });
  expect(again.isWelcome).toBe(true);
});

test('a session with many streams and no token ends nothing but itself', async () => {
  const collector = await collect({ authenticate: authenticateBySecret('right') });
  const session = connectHttp2(`http://127.0.0.1:${collector.port}`);
  session.on('error', () => undefined);
  onTestFinished(() => session.destroy());
  const headers = {
    ':method': 'POST',
    ':path': CONNECT_PATH,
    'content-type': 'application/grpc',
    te: 'trailers',
  };
  const answered = Array.from({ length: 101 }, () => {
    const stream = session.request(headers);
    stream.on('error', () => undefined);
    stream.resume();
    stream.end();
    return once(stream, 'close');
  });
  await Promise.all(answered);
  const agent = await connect(collector, { spoolId: newSpoolId(), token: 'right' });
  expect(agent.isWelcome).toBe(true);
});

test('a stream on which nobody greets is ended, and its place is free again', async () => {
  const collector = await collect({ limits: { helloMs: 100, maxStreams: 1 } });
  const { path, requestSerialize, responseDeserialize } = agentService.connect;
  const client = new Client(`localhost:${collector.port}`, credentials.createInsecure(), channelOptions);
  onTestFinished(() => client.close());
  const silent = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, new Metadata());
  const [error] = (await once(silent, 'error')) as [ServiceError]; // As grpc-js types it.
  expect(error.code).toBe(grpcStatus.DEADLINE_EXCEEDED);
  expect(collector.stats.streamsEndedSilent).toBe(1);
  const agent = await connect(collector, { spoolId: newSpoolId() });
  expect(agent.isWelcome).toBe(true);
});

test('a protocol from the future is refused as such', async () => {
  const agent = await connect(await collect(), {
    spoolId: newSpoolId(),
    hello: { protocolVersion: 9, minimumProtocolVersion: 9 },
  });
  expect(agent.ended?.code).toBe(grpcStatus.FAILED_PRECONDITION);
});

test('an agent that sends beyond its credit loses its stream', async () => {
  const spoolId = newSpoolId();
  const collector = await collect({ limits: { maxStreamBatches: 3, lingerMs: 5_000 } });
  const agent = await connect(collector, { spoolId });
  for (let seq = 1; seq <= 4; seq += 1) agent.send(makeBatch({ spoolId, seq, rows: 3 }));
  await agent.until((it) => it.ended !== undefined);
  expect(agent.ended?.code).toBe(grpcStatus.RESOURCE_EXHAUSTED);
});
