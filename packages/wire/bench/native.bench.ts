// Rows a second of the block builder and of its inspection, on one core: `node packages/wire/bench/native.bench.ts`.
import { randomRows, TEST_DAY_START_NS } from '@tomte/testkit';
import { BlockBuilder } from '../src/native/block-builder.ts';
import { columnPlanOf, dayOf } from '../src/native/column-plan.ts';
import { inspectBlocks } from '../src/native/inspect-blocks.ts';

const ROWS = 10_007;
const ROUNDS = 30;
const delivery = { clusterName: 'lab', hostName: 'node-1', agentId: 'agent-1', spoolId: 7n, batchSeq: 1n };
const rows = randomRows('requests', { count: ROWS, seed: 1 });
const builder = new BlockBuilder('requests', { maxRows: 100_000, maxBytes: 64 << 20 });

function build() {
  for (const row of rows) builder.append(row);
  return builder.seal(delivery);
}

function rowsPerSecond(run: () => void): number {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = process.hrtime.bigint();
    run();
    best = Math.min(best, Number(process.hrtime.bigint() - start));
  }
  return Math.round((ROWS * 1e9) / best);
}

const { payload } = build();
const expected = { spoolId: 7n, batchSeq: 1n, rows: ROWS, day: dayOf(TEST_DAY_START_NS) };
const figures = {
  buildRowsPerSecond: rowsPerSecond(build),
  inspectRowsPerSecond: rowsPerSecond(() => inspectBlocks(payload, columnPlanOf('requests'), { expected })),
  bytesPerRow: Math.round(payload.length / ROWS),
};
console.log(JSON.stringify({ bench: 'native', figures }));
