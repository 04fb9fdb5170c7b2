export { authenticateBySecret } from './authentication.ts';
export type { AgentVerdict, AuthenticateAgent } from './authentication.ts';
export { toBatchStore } from './batch-store.ts';
export type { BatchStore, InsertAttempt } from './batch-store.ts';
export { startCollector } from './collector.ts';
export type { Collector } from './collector.ts';
export { defaultLimits } from './collector-options.ts';
export type {
  CollectorLimits,
  CollectorOptions,
  CollectorTls,
  EntitySource,
  EntitySubscription,
} from './collector-options.ts';
export type { CollectorStats } from './collector-stats.ts';
export { collectorErrors } from './errors.ts';
export type { BatchOutcome, BatchOwner, ReceivedBatch } from './received-batch.ts';
