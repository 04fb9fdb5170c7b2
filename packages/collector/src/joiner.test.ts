import { ManualClock } from '@tomte/kit';
import { expect, test } from 'vitest';
import { defaultLimits } from './collector-options.ts';
import { Joiner } from './joiner.ts';
import type { BatchOwner, ReceivedBatch } from './received-batch.ts';

const owner: BatchOwner = {
  agentId: 'a',
  hostName: 'h',
  isEnded: false,
  isLeased: () => true,
  whenLeased: () => Promise.resolve(true),
  othersEndMs: 0,
  settled: () => undefined,
};

function batch(seq: number): ReceivedBatch {
  const where = {
    table: 'requests',
    day: 1,
    rows: 3,
    firstTimeNs: 0n,
    lastTimeNs: 0n,
    columns: 'x',
  } as const;
  const payload = new Uint8Array(9);
  return { key: `1:${seq}`, spoolId: 1n, seq, ...where, payload, owner, isAmbiguous: false, attempts: 0 };
}

test('an insert holds a bounded number of batches, however small they are', async () => {
  const inserts: number[] = [];
  const clock = new ManualClock(0n);
  const write = (batches: readonly ReceivedBatch[]): Promise<void> => {
    inserts.push(batches.length);
    return Promise.resolve();
  };
  const joiner = new Joiner({ clock, limits: defaultLimits, write });
  for (let seq = 1; seq <= 601; seq += 1) joiner.add(batch(seq));
  joiner.flush();
  await new Promise(setImmediate);
  expect(inserts).toEqual([256, 256, 89]);
});
