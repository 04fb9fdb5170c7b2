import { spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock, systemClock } from '@tomte/kit';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Compression } from '@tomte/wire';
import type { SealedBatch } from '../batch.ts';
import { openSpool } from './spool.ts';
import type { Spool } from './spool.ts';
import type { SpoolLoss, SpoolOptions } from './spool-options.ts';

export async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tomte-spool-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

function makeBatch(seq: number, payloadBytes = 101): SealedBatch {
  return {
    table: seq % 2 === 0 ? 'requests' : 'loss',
    day: 19_675,
    rows: seq,
    firstTimeNs: BigInt(seq) * 1_000n,
    lastTimeNs: BigInt(seq) * 1_000n + 7n,
    completeToNs: BigInt(seq) * 1_000n - 3n,
    compression: Compression.NONE,
    blockBytes: payloadBytes,
    payload: new Uint8Array(payloadBytes).fill(seq),
  };
}

async function open(
  directory: string,
  options: Partial<SpoolOptions> = {},
): Promise<{ spool: Spool; losses: SpoolLoss[] }> {
  const losses: SpoolLoss[] = [];
  const onLoss = (loss: SpoolLoss) => losses.push(loss);
  const spool = await openSpool({ directory, clock: systemClock(), onLoss, ...options });
  onTestFinished(() => spool.close());
  return { spool, losses };
}

async function fill(spool: Spool, count: number, payloadBytes?: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const seq = spool.nextSeq();
    spool.append(seq, makeBatch(seq, payloadBytes));
  }
  await spool.durable();
}

function waitingSeqs(spool: Spool): number[] {
  const seqs: number[] = [];
  for (let entry = spool.findNext(0); entry !== undefined; entry = spool.findNext(entry.seq))
    seqs.push(entry.seq);
  return seqs;
}

test('what was appended is read back, in order, also by the next run, and then counts as sent', async () => {
  const directory = await makeDirectory();
  const clock = new ManualClock(5n);
  const first = await open(directory, { clock });
  await fill(first.spool, 23);
  expect(first.spool.durableSeq).toBe(23);
  expect(first.spool.findNext(0)?.mayBeSent).toBe(false);
  await first.spool.close();

  const { spool, losses } = await open(directory, { clock });
  expect(waitingSeqs(spool)).toEqual(Array.from({ length: 23 }, (_, index) => index + 1));
  expect(spool.spoolId).toBe(first.spool.spoolId);
  expect(spool.recovered).toMatchObject({
    isClean: true,
    isNew: false,
    highestSeq: 23,
    completeToNs: 22_997n,
  });
  expect(spool.stats).toMatchObject({ batches: 23, rows: 276, bytes: 2_323 });
  const entry = spool.findNext(16);
  expect(entry).toMatchObject({ seq: 17, table: 'loss', day: 19_675, rows: 17, mayBeSent: true });
  expect(entry && new Uint8Array((await spool.read(entry)) ?? [])).toEqual(makeBatch(17).payload);
  expect(losses).toEqual([]);
});

test('numbers are never given again, although every segment is gone', async () => {
  const directory = await makeDirectory();
  const first = await open(directory, { segmentBytes: 300, clock: new ManualClock(5n) });
  await fill(first.spool, 11);
  first.spool.acknowledge([{ first: 1, last: 11 }]);
  await first.spool.close();
  expect((await readdir(directory)).filter((name) => name.endsWith('.segment'))).toEqual([]);
  const second = await open(directory);
  expect(second.spool.nextSeq()).toBe(12);
  expect(second.spool.recovered.completeToNs).toBe(10_997n);
  expect(second.spool.firstUnacknowledgedSeq).toBe(12);
});

test('a spool that was closed in order is complete up to the time that is given', async () => {
  const directory = await makeDirectory();
  const clock = new ManualClock(5n);
  const first = await open(directory, { clock });
  await fill(first.spool, 3);
  await first.spool.close(99_000n);
  const { spool } = await open(directory, { clock });
  expect(spool.recovered).toMatchObject({ isClean: true, completeToNs: 99_000n });
});

test('a spool that died before its first batch is complete up to its beginning', async () => {
  const directory = await makeDirectory();
  const clock = new ManualClock(77_000n);
  await open(directory, { clock }); // Never closed before the next looks: only the lock is let go.
  const copy = await makeDirectory();
  await cp(join(directory, 'state'), join(copy, 'state'));
  const { spool } = await open(copy);
  expect(spool.recovered).toMatchObject({ isNew: false, isClean: false, completeToNs: 77_000n });
});

test('settled batches in any order free their segments', async () => {
  const { spool } = await open(await makeDirectory(), { segmentBytes: 400, groupBytes: 1 });
  for (let index = 0; index < 13; index += 1) await fill(spool, 1);
  spool.acknowledge([
    { first: 7, last: 13 },
    { first: 2, last: 3 },
  ]);
  expect(waitingSeqs(spool)).toEqual([1, 4, 5, 6]);
  expect(spool.firstUnacknowledgedSeq).toBe(1);
  spool.acknowledge([{ first: 1, last: 1_000_003 }]);
  expect(spool.stats).toMatchObject({ batches: 0, bytes: 0, rows: 0 });
});

/** What the next run finds when the one that holds the directory dies now. */
async function diesNow(directory: string): Promise<number[]> {
  const copy = await makeDirectory();
  await cp(directory, copy, { recursive: true });
  const { spool } = await open(copy);
  const waiting = waitingSeqs(spool);
  await spool.close();
  return waiting;
}

test('after kill -9 only what was not acknowledged is sent again', async () => {
  const directory = await makeDirectory();
  const { spool } = await open(directory);
  await fill(spool, 23);
  expect(await diesNow(directory)).toHaveLength(23);
  spool.acknowledge([{ first: 1, last: 11 }]);
  spool.acknowledge([
    { first: 13, last: 17 },
    { first: 19, last: 1_000_003 },
  ]);
  await vi.waitFor(async () => expect(await diesNow(directory)).toEqual([12, 18]), { timeout: 10_000 });
  await fill(spool, 2);
  expect(await diesNow(directory)).toEqual([12, 18, 24, 25]);
  await writeFile(join(directory, 'acknowledged'), 'rubbish');
  expect(await diesNow(directory)).toHaveLength(25);
});

test('what was refused is told of again after kill -9, and not after an end in order', async () => {
  const directory = await makeDirectory();
  const { spool } = await open(directory);
  await fill(spool, 5);
  await spool.refuse(2, 'malformed');
  spool.acknowledge([
    { first: 1, last: 1 },
    { first: 3, last: 4 },
  ]);
  await vi.waitFor(async () => expect(await diesNow(directory)).toEqual([2, 5]), { timeout: 10_000 });
  expect(waitingSeqs(spool)).toEqual([5]);
  await fill(spool, 2);
  await spool.close();
  expect(await diesNow(directory)).toEqual([5, 6, 7]);
});

test('over the limit of bytes the oldest go, counted by table with rows and times', async () => {
  const { spool, losses } = await open(await makeDirectory(), { maxBytes: 4_000, groupBytes: 1 });
  for (let index = 0; index < 31; index += 1) await fill(spool, 1, 331);
  const kept = waitingSeqs(spool);
  const evictedRows = losses.reduce((sum, loss) => sum + (loss.rows ?? 0), 0);
  expect(kept.at(-1)).toBe(31);
  expect(kept.length).toBeGreaterThan(3);
  expect(evictedRows + kept.reduce((sum, seq) => sum + seq, 0)).toBe((31 * 32) / 2);
  expect(losses.reduce((sum, loss) => sum + loss.batches, 0)).toBe(31 - kept.length);
  expect(losses.every((loss) => loss.reason === 'spool_evicted' && loss.table !== undefined)).toBe(true);
  expect(spool.stats.diskBytes).toBeLessThanOrEqual(4_000);
});

test('two agents on one spool: the second is told so', async () => {
  const directory = await makeDirectory();
  const { spool } = await open(directory);
  await expect(open(directory)).rejects.toMatchObject({ code: 'SPOOL_LOCKED' });
  await spool.close();
  await open(directory);
});

test('a payload that rots on disk is counted when it is read and does not block the rest', async () => {
  const directory = await makeDirectory();
  const { spool, losses } = await open(directory);
  await fill(spool, 3);
  const name = (await readdir(directory)).find((file) => file.endsWith('.segment')) ?? '';
  const bytes = await readFile(join(directory, name));
  const entry = spool.findNext(1);
  // What was just written is read once from memory; the resend is what finds the damage.
  expect(entry && (await spool.read(entry))).toEqual(Buffer.alloc(101, 2));
  bytes[(entry?.payloadStart ?? 0) + 5] = 0xee;
  await writeFile(join(directory, name), bytes, { flag: 'r+' });
  expect(entry && (await spool.read(entry))).toBeUndefined();
  expect(losses).toMatchObject([{ reason: 'spool_corrupt', rows: 2, batches: 1, table: 'requests' }]);
  expect(waitingSeqs(spool)).toEqual([1, 3]);
  expect(await readdir(join(directory, 'quarantine'))).toHaveLength(1);
});

test('a refused batch is put aside and counted once', async () => {
  const directory = await makeDirectory();
  const { spool, losses } = await open(directory);
  await fill(spool, 3);
  await Promise.all([spool.refuse(2, 'malformed'), spool.refuse(2, 'malformed')]);
  expect(losses).toMatchObject([{ reason: 'batch_refused', rows: 2, detail: 'malformed' }]);
  expect(waitingSeqs(spool)).toEqual([1, 3]);
  expect(spool.stats.refusedBatches).toBe(1);
});

test('a replay starts at 1 under its own id, whatever an earlier run left', async () => {
  const directory = await makeDirectory();
  const first = await open(directory, { replaySpoolId: 77n });
  await fill(first.spool, 5);
  await first.spool.close();
  const second = await open(directory, { replaySpoolId: 77n });
  expect(second.spool.nextSeq()).toBe(1);
  expect(second.spool.spoolId).toBe(77n);
  await fill(second.spool, 2);
  expect(waitingSeqs(second.spool)).toEqual([1, 2]);
  expect(second.spool.findNext(0)?.mayBeSent).toBe(true);
});

test('a damaged state file: the id is kept, the numbers jump', async () => {
  const directory = await makeDirectory();
  const first = await open(directory);
  await fill(first.spool, 3);
  await first.spool.close();
  await writeFile(join(directory, 'state'), 'rubbish');
  const second = await open(directory);
  expect(second.spool.spoolId).toBe(first.spool.spoolId);
  expect(second.spool.nextSeq()).toBeGreaterThan(1_000_000);
  expect(waitingSeqs(second.spool)).toEqual([1, 2, 3]);
});

test('batches out of order are our defect', async () => {
  const { spool } = await open(await makeDirectory());
  expect(() => spool.append(2, makeBatch(2))).toThrow(/batch 2 was appended where 1 is next/);
});

test('a full disk: the oldest make room, what cannot be kept is counted, the spool works on', async () => {
  // A tmpfs of 1 MiB in a mount namespace of its own, which ends with the child.
  const program = join(import.meta.dirname, 'testdata/fill-disk.ts');
  const script = 'mount -t tmpfs -o size=1m tmpfs "$1" && exec "$2" "$3" "$1"';
  const directory = await makeDirectory();
  const child = spawn('unshare', ['--mount', 'sh', '-c', script, 'sh', directory, process.execPath, program]);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await new Promise((resolve) => child.on('close', resolve));
  const result: unknown = JSON.parse(output);
  expect(result).toMatchObject({ appended: 211, accounted: 211, readable: true, reasons: ['spool_evicted'] });
});
