import type { TableName } from '@tomte/model';
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
  readonly table?: TableName;
  readonly resent?: boolean;
  readonly overrides?: Partial<RowOfTable<'requests'>>;
}

/** A batch of random rows of `requests`, the same for the same numbers. */
export function makeBatch(options: TestBatchOptions): Batch {
  const { spoolId, seq, rows, resent = false } = options;
  const builder = new BlockBuilder('requests', { maxRows: rows, maxBytes: 2 ** 30 });
  const seed = Number(spoolId % 1_000_003n) * 1_009 + seq;
  for (const row of randomRows('requests', { count: rows, seed, overrides: options.overrides ?? {} })) {
    builder.append(row satisfies BatchRow<'requests'>);
  }
  const delivery = {
    clusterName: 'test',
    hostName: 'host',
    agentId: `agent-${spoolId}`,
    spoolId,
    batchSeq: BigInt(seq),
  };
  const { payload, firstTimeNs, lastTimeNs } = builder.seal(delivery);
  return toBatch({ seq, table: 'requests', day: TEST_DAY, rows, firstTimeNs, lastTimeNs, payload, resent });
}
