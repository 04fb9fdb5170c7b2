import type { Readable } from 'node:stream';
import type { CollectorTableName, TableName } from '@tomte/model';
import { closeClients, connectClients } from './connection.ts';
import type { StoreAddress, StoreClients } from './connection.ts';
import { DiskGuard } from './disk-guard.ts';
import type { DiskGuardOptions } from './disk-guard.ts';
import { insertBatches } from './insert.ts';
import type { InsertBatch, InsertOptions, InsertResult } from './insert.ts';
import { insertRows } from './insert-rows.ts';
import type { CollectorRow } from './insert-rows.ts';
import { migrate } from './migrate.ts';
import { readOpenEntities } from './open-entities.ts';
import type { OpenEntity } from './open-entities.ts';
import { countRows, isQueryRunning, killQuery } from './presence.ts';
import type { PresenceQuestion } from './presence.ts';
import { queryBytes, queryRows, queryStream } from './query.ts';
import type { QueryAnswer, QueryOptions, StreamFormat } from './query.ts';
import { RollupKeeper } from './rollup/rollup-keeper.ts';
import type { RollupOptions } from './rollup/rollup-keeper.ts';
import { ScopedReaders } from './tenants/scoped-readers.ts';
import type { ScopedReaderOptions } from './tenants/scoped-readers.ts';
import { applyRetention, defaultRetention } from './retention.ts';
import type { Retention } from './retention.ts';

/** A ClickHouse with Tomte's tables. Methods throw StoreError, unless they say otherwise. */
export class Store {
  readonly #clients: StoreClients;

  constructor(clients: StoreClients) {
    this.#clients = clients;
  }

  /** Name of the database. */
  get database(): string {
    return this.#clients.database;
  }

  /** Whether SQL of users can be run: a read-only user is configured. */
  get hasReader(): boolean {
    return this.#clients.reader !== undefined;
  }

  /** True when the server answers; never throws. */
  async ping(): Promise<boolean> {
    return (await this.#clients.server.ping({ select: true })).success;
  }

  /** Makes the database, brings it to this version's shape and sets the TTLs; several collectors may do it at once. */
  async prepare(retention: Partial<Retention> = {}): Promise<readonly string[]> {
    const applied = await migrate(this.#clients);
    await applyRetention(this.#clients, { ...defaultRetention(), ...retention });
    return applied;
  }

  /** The whole answer of a question. */
  query(options: QueryOptions): Promise<QueryAnswer> {
    return queryRows(this.#clients, options);
  }

  /** The whole answer as bytes. */
  queryBytes(options: QueryOptions & { readonly format: StreamFormat }): Promise<Buffer> {
    return queryBytes(this.#clients, options);
  }

  /** The answer as bytes. */
  queryStream(options: QueryOptions & { readonly format: StreamFormat }): Promise<Readable> {
    return queryStream(this.#clients, options);
  }

  /** One atomic insert. Tells its failures by value. */
  insertBatches(
    table: TableName,
    batches: readonly InsertBatch[],
    options: InsertOptions,
  ): Promise<InsertResult> {
    return insertBatches(this.#clients, { table, batches }, options);
  }

  /** Rows of the collector's own tables, at most 10,000; written again they replace themselves. */
  insertRows<T extends CollectorTableName>(table: T, rows: readonly CollectorRow<T>[]): Promise<void> {
    return insertRows(this.#clients, table, rows);
  }

  /** Rows of `k8s_entities` that stand open, of one cluster. */
  openEntities(clusterName: string): Promise<readonly OpenEntity[]> {
    return readOpenEntities(this.#clients, clusterName);
  }

  countRows(question: PresenceQuestion): Promise<ReadonlyMap<bigint, number>> {
    return countRows(this.#clients, question);
  }

  isQueryRunning(id: { readonly queryId: string } | { readonly prefix: string }): Promise<boolean> {
    return isQueryRunning(this.#clients, id);
  }

  killQuery(queryId: string): Promise<void> {
    return killQuery(this.#clients, queryId);
  }

  /** Keeps the rollups; call its `start`, and `close` before this store's. */
  createRollupKeeper(options: RollupOptions): RollupKeeper {
    return new RollupKeeper(this.#clients, options);
  }

  /** Asks on behalf of those who may see a part of the rows; `close` it before this store. */
  createScopedReaders(options: ScopedReaderOptions): ScopedReaders {
    return new ScopedReaders(this.#clients, options);
  }

  /** Makes room when the disk fills; call its `start`, and `close` before this store's. */
  createDiskGuard(options: DiskGuardOptions): DiskGuard {
    return new DiskGuard(this.#clients, options);
  }

  close(): Promise<void> {
    return closeClients(this.#clients);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Makes no connection yet: the first call does. */
export function connectStore(address: StoreAddress): Store {
  return new Store(connectClients(address));
}
