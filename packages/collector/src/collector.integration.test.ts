import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect as connectHttp2 } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, credentials, Metadata, status as grpcStatus } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { systemClock } from '@tomte/kit';
import { startTestStore } from '@tomte/testkit';
import type { TestStore } from '@tomte/testkit';
import { agentService, channelOptions, compressBlocks, CONNECT_PATH, NackReason } from '@tomte/wire';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { toBatchStore } from './batch-store.ts';
import type { BatchStore } from './batch-store.ts';
import { authenticateBySecret } from './authentication.ts';
import { startCollector } from './collector.ts';
import type { Collector } from './collector.ts';
import type { CollectorLimits, CollectorOptions } from './collector-options.ts';
import { ScriptedAgent, toBatch } from './testing/scripted-agent.ts';
import type { ScriptedAgentOptions } from './testing/scripted-agent.ts';
import { makeBatch } from './testing/test-batches.ts';

let clickhouse: TestStore;
beforeAll(async () => {
  clickhouse = await startTestStore();
});
afterAll(() => clickhouse.close());

/** Short, so that a test of the lease takes a second. */
const quick: Partial<CollectorLimits> = {
  lingerMs: 20,
  leaseMs: 600,
  pulseMs: 100,
  leaseMarginMs: 100,
  retryMs: 50,
};

async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tomte-collector-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

async function collect(options: Partial<CollectorOptions> = {}): Promise<Collector> {
  const collector = await startCollector({
    store: toBatchStore(clickhouse.store),
    clock: systemClock(),
    quarantineDirectory: await makeDirectory(),
    ...options,
    limits: { ...quick, ...options.limits },
  });
  onTestFinished(() => collector.abort());
  return collector;
}

async function connect(
  collector: Collector,
  options: Omit<ScriptedAgentOptions, 'port'>,
): Promise<ScriptedAgent> {
  const agent = new ScriptedAgent({ port: collector.port, ...options });
  onTestFinished(() => agent.cut());
  await agent.until((it) => it.isWelcome || it.ended !== undefined);
  return agent;
}

let lastSpoolId = 1_000n;
/** A spool that no other test uses. */
function newSpoolId(): bigint {
  lastSpoolId += 1n;
  return lastSpoolId;
}

async function rowsOf(spoolId: bigint): Promise<Map<number, number>> {
  const sql =
    'SELECT toUInt32(batch_seq), toUInt32(count()) FROM requests WHERE spool_id = {spool:UInt64} GROUP BY batch_seq';
  const { rows } = await clickhouse.store.query({ sql, params: { spool: spoolId } });
  return new Map(rows.map(([seq, count]) => [Number(seq), Number(count)]));
}

/** A store of which one method does something else. */
function withFault(fault: Partial<BatchStore>): BatchStore {
  return { ...toBatchStore(clickhouse.store), ...fault };
}

test('batches of many agents are stored once, in few inserts, and acknowledged', async () => {
  const collector = await collect({ limits: { lingerMs: 200 } });
  const spools = Array.from({ length: 29 }, newSpoolId);
  const agents = await Promise.all(spools.map((spoolId) => connect(collector, { spoolId })));
  agents.forEach((agent, index) => {
    const spoolId = spools[index] ?? 0n;
    for (let seq = 1; seq <= 7; seq += 1) agent.send(makeBatch({ spoolId, seq, rows: 11 + seq }));
  });
  await Promise.all(agents.map((agent) => agent.until((it) => it.acknowledged.size === 7)));
  for (const spoolId of spools) {
    expect(await rowsOf(spoolId)).toEqual(new Map([1, 2, 3, 4, 5, 6, 7].map((seq) => [seq, 11 + seq])));
  }
  expect(collector.stats.inserts).toBeLessThan(10);
  expect(collector.stats).toMatchObject({ committedBatches: 203, heldBytes: 0, heldBatches: 0, streams: 29 });
});

test('the acknowledgement is lost: what is sent again is counted, not stored again', async () => {
  const spoolId = newSpoolId();
  const first = await collect();
  const agent = await connect(first, { spoolId });
  agent.send(makeBatch({ spoolId, seq: 1, rows: 13 }));
  await agent.until((it) => it.acknowledged.has(1));
  agent.cut();
  const again = await connect(await collect(), { spoolId });
  again.send(makeBatch({ spoolId, seq: 1, rows: 13, resent: true }));
  again.send(makeBatch({ spoolId, seq: 2, rows: 17, resent: true }));
  await again.until((it) => it.acknowledged.size === 2);
  expect(await rowsOf(spoolId)).toEqual(
    new Map([
      [1, 13],
      [2, 17],
    ]),
  );
});

test('known bad: without the presence check the same batch is doubled', async () => {
  const spoolId = newSpoolId();
  const collector = await collect({ unsafeSkipPresenceCheck: true });
  for (const resent of [false, true]) {
    const agent = await connect(collector, { spoolId });
    agent.send(makeBatch({ spoolId, seq: 1, rows: 13, resent }));
    await agent.until((it) => it.acknowledged.has(1));
    agent.cut();
  }
  expect(await rowsOf(spoolId)).toEqual(new Map([[1, 26]]));
});

test('an insert of a collector that died still runs: the next collector waits for it before it counts', async () => {
  const spoolId = newSpoolId();
  const batch = makeBatch({ spoolId, seq: 1, rows: 503 });
  // What the dead one left on the server: a query under its name that goes on after its rows came to be.
  const queryId = 'tomte-ingest.requests.dead.1.1';
  const sql = 'SELECT sleepEachRow(0.5) FROM numbers(5) SETTINGS max_block_size = 1';
  let hasEnded = false;
  const left = clickhouse.store.query({ sql, queryId }).finally(() => (hasEnded = true));
  const collector = await collect({ limits: { leaseMs: 100, leaseMarginMs: 10 } });
  await expect.poll(() => clickhouse.store.isQueryRunning({ queryId })).toBe(true);
  const agent = await connect(collector, { spoolId });
  agent.send({ ...batch, resent: true });
  const inserted = await clickhouse.store.insertBatches('requests', [batch], {
    queryId: 'late',
    token: 'late',
  });
  expect(inserted.kind).toBe('committed');
  await agent.until((it) => it.acknowledged.has(1));
  expect(hasEnded).toBe(true);
  await left;
  expect(await rowsOf(spoolId)).toEqual(new Map([[1, 503]]));
});

test('two collectors have the same batch: the one that lost its agent does not insert it any more', async () => {
  const spoolId = newSpoolId();
  // It would insert long after its agent has gone to the other, whose check then finds nothing.
  const slow = await collect({ limits: { lingerMs: 3_000 } });
  const agent = await connect(slow, { spoolId });
  agent.send(makeBatch({ spoolId, seq: 1, rows: 19 }));
  await expect.poll(() => slow.stats.heldBatches).toBe(1);
  // The network breaks: this collector goes on believing in its agent.
  agent.answersPulses = false;
  const other = await connect(await collect(), { spoolId });
  other.send(makeBatch({ spoolId, seq: 1, rows: 19, resent: true }));
  await other.until((it) => it.acknowledged.has(1));
  expect(await rowsOf(spoolId)).toEqual(new Map([[1, 19]]));
  await expect.poll(() => slow.stats.inserts + slow.stats.heldBatches, { timeout: 5_000 }).toBe(1);
  agent.cut();
  await expect.poll(() => slow.stats.droppedBatches, { timeout: 5_000 }).toBe(1);
  expect(await rowsOf(spoolId)).toEqual(new Map([[1, 19]]));
});

test('the same batch on two streams of one collector at once', async () => {
  const spoolId = newSpoolId();
  const collector = await collect({ limits: { lingerMs: 300 } });
  const first = await connect(collector, { spoolId });
  first.send(makeBatch({ spoolId, seq: 1, rows: 23 }));
  await expect.poll(() => collector.stats.heldBatches).toBe(1);
  const second = await connect(collector, { spoolId });
  second.send(makeBatch({ spoolId, seq: 1, rows: 23, resent: true }));
  await second.until((it) => it.acknowledged.has(1));
  expect(await rowsOf(spoolId)).toEqual(new Map([[1, 23]]));
  expect(collector.stats.streamsSuperseded).toBe(1);
  await first.until((it) => it.ended !== undefined);
});

test('an insert whose answer is lost is waited for and counted', async () => {
  const spoolId = newSpoolId();
  const real = toBatchStore(clickhouse.store);
  let isFirst = true;
  const collector = await collect({
    store: withFault({
      async insert(batches, attempt) {
        const result = await real.insert(batches, attempt);
        if (!isFirst) return result;
        isFirst = false;
        return real.insert(batches, { ...attempt, queryId: `${attempt.queryId}x`, timeoutMs: 0 });
      },
    }),
  });
  const agent = await connect(collector, { spoolId });
  agent.send(makeBatch({ spoolId, seq: 1, rows: 31 }));
  await agent.until((it) => it.acknowledged.has(1));
  expect(await rowsOf(spoolId)).toEqual(new Map([[1, 31]]));
  expect(collector.stats).toMatchObject({ insertsUnknown: 1, duplicatesAvoided: 1, committedBatches: 1 });
});

test('a poisoned batch is refused alone; the others of its insert are stored', async () => {
  const spoolId = newSpoolId();
  const { store } = clickhouse;
  const collector = await collect({
    limits: { lingerMs: 300 },
    // The server refuses one batch as it would for a value that it cannot store.
    store: withFault({
      async insert(batches, attempt) {
        if (batches.some((batch) => batch.seq === 5 && batch.table === 'requests'))
          return toBatchStore(store).insert(batches.map(spoil), attempt);
        return toBatchStore(store).insert(batches, attempt);
      },
    }),
  });
  const agent = await connect(collector, { spoolId });
  for (let seq = 1; seq <= 11; seq += 1) agent.send(makeBatch({ spoolId, seq, rows: 3 }));
  await agent.until((it) => it.settledCount === 11);
  expect([...agent.nacks.values()]).toMatchObject([
    { seq: 5, reason: NackReason.POISONED, retryable: false, lossRecorded: true },
  ]);
  expect((await rowsOf(spoolId)).size).toBe(10);
  const loss = await store.query({
    sql: 'SELECT toUInt32(events), reason FROM loss WHERE spool_id = {spool:UInt64} AND batch_seq = 5',
    params: { spool: spoolId },
  });
  expect(loss.rows).toEqual([[3, 'batch_refused']]);
});

/** Bytes that the server cannot read: the type of the first column is none. */
function spoil<T extends { readonly payload: Uint8Array }>(batch: T): T {
  const payload = Buffer.from(batch.payload);
  payload.write('Zzz', 14);
  return { ...batch, payload };
}

test('what is wrong with a batch is refused, put aside and counted; the stream lives on', async () => {
  const spoolId = newSpoolId();
  const quarantineDirectory = await makeDirectory();
  const collector = await collect({ quarantineDirectory, limits: { maxBatchBytes: 100_000 } });
  const agent = await connect(collector, { spoolId });
  const good = (seq: number) => makeBatch({ spoolId, seq, rows: 7 });
  agent.send({ ...good(1), payload: good(1).payload.subarray(0, 50) });
  agent.send({ ...good(2), payloadCrc32c: 7 });
  agent.send({ ...makeBatch({ spoolId: spoolId + 1_000_003n, seq: 3, rows: 7 }) });
  agent.send({ ...good(4), table: 'no_such_table' });
  agent.send({ ...makeBatch({ spoolId, seq: 5, rows: 499 }) });
  agent.send({ ...good(6), rows: 8 });
  agent.send({ ...good(7), day: 3 });
  agent.send({ ...good(8), table: 'loss' });
  agent.sendRaw({ kind: undefined });
  agent.send(good(9));
  await agent.until((it) => it.settledCount === 9);
  const reasons = [...agent.nacks]
    .sort(([a], [b]) => a - b)
    .map(([seq, nack]) => [seq, nack.reason, nack.retryable]);
  expect(reasons).toEqual([
    [1, NackReason.CHECKSUM, false],
    [2, NackReason.CHECKSUM, false],
    [3, NackReason.FOREIGN, false],
    [4, NackReason.UNKNOWN_TABLE, false],
    [5, NackReason.OVERSIZED, false],
    [6, NackReason.MALFORMED, false],
    [7, NackReason.MALFORMED, false],
    [8, NackReason.SCHEMA, false],
  ]);
  expect([...agent.acknowledged]).toEqual([9]);
  expect(await readdir(quarantineDirectory)).toHaveLength(8);
  expect(collector.stats).toMatchObject({ quarantinedBatches: 8, heldBatches: 0, heldBytes: 0 });
});

test('a compressed batch is stored; a frame that lies about what it holds is refused', async () => {
  const spoolId = newSpoolId();
  const collector = await collect({ limits: { maxBatchBytes: 1_000_000 } });
  const agent = await connect(collector, { spoolId });
  const compressed = (seq: number) => {
    const batch = makeBatch({ spoolId, seq, rows: 503 });
    return { ...batch, ...compressBlocks(batch.payload) };
  };
  const sealed = (seq: number, changes: object) => {
    const { payloadCrc32c: _, ...batch } = { ...compressed(seq), ...changes };
    return toBatch(batch);
  };
  agent.send(sealed(1, {}));
  agent.send(sealed(2, { blockBytes: compressed(2).blockBytes - 1 }));
  agent.send(sealed(3, { blockBytes: 1_000_001 }));
  agent.send(sealed(4, { ...compressBlocks(Buffer.alloc(64 * 1024 * 1024)), blockBytes: 999_983 }));
  agent.send(sealed(5, { compression: 9 }));
  agent.send(sealed(6, {}));
  await agent.until((it) => it.settledCount === 6);
  expect([...agent.acknowledged].toSorted()).toEqual([1, 6]);
  expect([2, 3, 4, 5].map((seq) => agent.nacks.get(seq)?.reason)).toEqual([
    NackReason.MALFORMED,
    NackReason.OVERSIZED,
    NackReason.MALFORMED,
    NackReason.MALFORMED,
  ]);
  expect(await rowsOf(spoolId)).toEqual(
    new Map([
      [1, 503],
      [6, 503],
    ]),
  );
  expect(collector.stats).toMatchObject({ heldBatches: 0, heldBytes: 0 });
});

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

test('ClickHouse is killed under load and comes back: credits stop, nothing is lost, nothing doubled', async () => {
  const own = await startTestStore();
  onTestFinished(() => own.close());
  const collector = await collect({ store: toBatchStore(own.store), limits: { maxStreamBatches: 17 } });
  const spoolId = newSpoolId();
  const agent = await connect(collector, { spoolId });
  let seq = 0;
  const sendSome = () => {
    while (agent.creditBatches > 0 && seq < 151) {
      agent.creditBatches -= 1;
      seq += 1;
      agent.send(makeBatch({ spoolId, seq, rows: 101 }));
    }
  };
  let killed = 0;
  while (agent.acknowledged.size < 151) {
    sendSome();
    if (agent.acknowledged.size >= 40 * (killed + 1) && killed < 3) {
      killed += 1;
      process.kill(own.server.pid, 'SIGKILL');
    }
    const before = agent.acknowledged.size;
    await agent.until((it) => it.acknowledged.size > before || (it.creditBatches > 0 && seq < 151));
  }
  const { rows } = await own.store.query({
    sql: 'SELECT toUInt32(count()), toUInt32(uniqExact(batch_seq)) FROM requests WHERE spool_id = {spool:UInt64}',
    params: { spool: spoolId },
  });
  expect(rows).toEqual([[151 * 101, 151]]);
  expect(killed).toBe(3);
  expect(agent.nacks.size).toBe(0);
});
