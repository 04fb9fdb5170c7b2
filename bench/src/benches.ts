import { costBench } from './cost/cost.ts';
import { identityBench } from './identity/identity.ts';
import { ingestBench } from './ingest/ingest.ts';
import { memoryBench } from './memory/memory.ts';
import { parseBench } from './parse/parse.ts';
import type { Bench } from './report.ts';
import { ringBench } from './ring/ring.ts';
import { storeBench } from './store/store-bench.ts';
import { watchBench } from './watch/watch.ts';

/** Every benchmark; `pnpm bench` lists them. */
export const benches: readonly Bench[] = [
  costBench,
  ingestBench,
  storeBench,
  parseBench,
  ringBench,
  identityBench,
  watchBench,
  memoryBench,
];
