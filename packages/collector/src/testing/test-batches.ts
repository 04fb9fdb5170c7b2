import { randomRows, TEST_DAY_START_NS } from '@tomte/testkit';
import type { RowOfTable } from '@tomte/testkit';
import { BlockBuilder } from '@tomte/wire';
import type { Batch, BatchRow } from '@tomte/wire';
import { toBatch } from './scripted-agent.ts';

const TEST_DAY = Number(TEST_DAY_START_NS / 86_400_000_000_000n);

export interface TestBatchOptions {
  readonly spoolId: bigint;
  readonly seq: number;
  readonly rows: number;
  readonly resent?: boolean;
  readonly overrides?: Partial<RowOfTable<'requests'>>;
}

/** A batch of random rows of `requests`, the same for the same numbers. */
export function makeBatch(options: TestBatchOptions): Batch {
  return sealRows('requests', options);
}

/** The same of `loss`, which is narrow. */
export function makeLossBatch(options: Omit<TestBatchOptions, 'overrides'>): Batch {
  return sealRows('loss', options);
}

function sealRows(table: 'requests' | 'loss', options: TestBatchOptions): Batch {
  const { spoolId, seq, rows, resent = false, overrides = {} } = options;
  const builder = new BlockBuilder(table, { maxRows: rows, maxBytes: 2 ** 30 });
  const seed = Number(spoolId % 1_000_003n) * 1_009 + seq;
  for (const row of randomRows(table, { count: rows, seed, overrides }))
    builder.append(row satisfies BatchRow<'requests' | 'loss'>);
  const delivery = {
    clusterName: 'test',
    hostName: 'host',
    agentId: `agent-${spoolId}`,
    spoolId,
    batchSeq: BigInt(seq),
  };
  const { payload, firstTimeNs, lastTimeNs } = builder.seal(delivery);
  return toBatch({ seq, table, day: TEST_DAY, rows, firstTimeNs, lastTimeNs, payload, resent });
}
