export { toBatchStore } from './batch-store.ts';
export type { BatchStore, InsertAttempt } from './batch-store.ts';
export { startCollector } from './collector.ts';
export type { Collector } from './collector.ts';
export { defaultLimits } from './collector-options.ts';
export type { CollectorLimits, CollectorOptions, CollectorTls } from './collector-options.ts';
export type { CollectorStats } from './collector-stats.ts';
export { collectorErrors } from './errors.ts';
export type { BatchOutcome, BatchOwner, ReceivedBatch } from './received-batch.ts';
