import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@tomte/kit';
import type { Store } from '@tomte/store';
import { toBatchStore } from '../batch-store.ts';
import type { BatchStore } from '../batch-store.ts';
import { startCollector } from '../collector.ts';
import type { Collector } from '../collector.ts';
import type { CollectorLimits, CollectorOptions } from '../collector-options.ts';
import { ScriptedAgent } from './scripted-agent.ts';
import type { ScriptedAgentOptions } from './scripted-agent.ts';

/** Short, so that a test of the lease takes a second. */
const quick: Partial<CollectorLimits> = {
  lingerMs: 20,
  leaseMs: 600,
  pulseMs: 100,
  leaseMarginMs: 100,
  retryMs: 50,
};

export interface CollectorHarness {
  makeDirectory(): Promise<string>;
  collect(options?: Partial<CollectorOptions>): Promise<Collector>;
  connect(collector: Collector, options: Omit<ScriptedAgentOptions, 'port'>): Promise<ScriptedAgent>;
  /** A spool that no other test uses. */
  newSpoolId(): bigint;
  /** Rows that are stored of each of its batches. */
  rowsOf(spoolId: bigint): Promise<Map<number, number>>;
  /** A store of which one method does something else. */
  withFault(fault: Partial<BatchStore>): BatchStore;
}

/**
 * Collectors over a store, and agents that talk to them.
 * @param onFinished what is to be done when the test is over
 */
export function collectorHarness(
  store: () => Store,
  onFinished: (cleanUp: () => void | Promise<void>) => void,
): CollectorHarness {
  let lastSpoolId = 1_000n;
  const makeDirectory = async (): Promise<string> => {
    const directory = await mkdtemp(join(tmpdir(), 'tomte-collector-'));
    onFinished(() => rm(directory, { recursive: true, force: true }));
    return directory;
  };
  return {
    makeDirectory,
    async collect(options = {}) {
      const collector = await startCollector({
        store: toBatchStore(store()),
        clock: systemClock(),
        quarantineDirectory: await makeDirectory(),
        ...options,
        limits: { ...quick, ...options.limits },
      });
      onFinished(() => collector.abort());
      return collector;
    },
    async connect(collector, options) {
      const agent = new ScriptedAgent({ port: collector.port, ...options });
      onFinished(() => agent.cut());
      await agent.until((it) => it.isWelcome || it.ended !== undefined);
      return agent;
    },
    newSpoolId: () => (lastSpoolId += 1n),
    rowsOf: (spoolId) => rowsOf(store(), spoolId),
    withFault: (fault) => ({ ...toBatchStore(store()), ...fault }),
  };
}

async function rowsOf(store: Store, spoolId: bigint): Promise<Map<number, number>> {
  const sql =
    'SELECT toUInt32(batch_seq), toUInt32(count()) FROM requests WHERE spool_id = {spool:UInt64} GROUP BY batch_seq';
  const { rows } = await store.query({ sql, params: { spool: spoolId } });
  return new Map(rows.map(([seq, count]) => [Number(seq), Number(count)]));
}
