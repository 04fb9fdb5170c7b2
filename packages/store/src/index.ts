export { connectStore, Store } from './store.ts';
export type { StoreAddress } from './connection.ts';
export { defaultEmbeddedLimits } from './embedded/configuration.ts';
export type { EmbeddedLimits } from './embedded/configuration.ts';
export { startEmbedded } from './embedded/start-embedded.ts';
export type { EmbeddedEvent, EmbeddedOptions, EmbeddedServer } from './embedded/start-embedded.ts';
export { StoreError, storeErrors } from './errors.ts';
export type { SqlPosition, StoreErrorCode } from './errors.ts';
export { createTableStatements } from './gen/ddl.ts';
export { MAX_INSERT_BYTES, MAX_INSERT_ROWS } from './insert.ts';
export type { InsertBatch, InsertOptions, InsertResult } from './insert.ts';
export type { CollectorRow } from './insert-rows.ts';
export type { OpenEntity } from './open-entities.ts';
export type { PresenceQuestion } from './presence.ts';
export { streamFormats } from './query.ts';
export type {
  QueryAnswer,
  QueryColumn,
  QueryLimits,
  QueryOptions,
  QueryParameter,
  StreamFormat,
} from './query.ts';
export { defaultRetention, MAX_RETENTION_DAYS } from './retention.ts';
export type { RetainedTable, Retention } from './retention.ts';
export { RollupKeeper } from './rollup/rollup-keeper.ts';
export type { RollupOptions, RollupRound } from './rollup/rollup-keeper.ts';
export { DiskGuard } from './disk-guard.ts';
export type { DiskGuardOptions, DroppedPartition } from './disk-guard.ts';
export { isFullScope, MAX_SCOPE_NAMESPACES } from './tenants/read-scope.ts';
export type { ReadScope } from './tenants/read-scope.ts';
export { ScopedReaders } from './tenants/scoped-readers.ts';
export type { ScopedReaderOptions } from './tenants/scoped-readers.ts';
export { TENANT_SLOTS, tenantPasswordOf } from './tenants/tenant-login.ts';
