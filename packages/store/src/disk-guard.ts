import { records } from '@tomte/model';
import type { AnyRecord } from '@tomte/model';
import type { Clock } from '@tomte/kit';
import { toStoreError } from './clickhouse-error.ts';
import type { StoreClients } from './connection.ts';
import type { StoreError } from './errors.ts';
import { freezeDay } from './rollup/rollup-queries.ts';
import { Rounds } from './rounds.ts';
import { localTable } from './spread-tables.ts';

export interface DiskGuardOptions {
  readonly clock: Clock;
  /** Bytes on the disk that the base tables may take together; default no limit. */
  readonly maxStoreBytes?: number;
  /** The disk's free bytes never fall below it; default 1 GiB. */
  readonly minFreeBytes?: number;
  /** Nor below this part of the disk; default 0.05. */
  readonly minFreeRatio?: number;
  /** Between two looks; default 30,000. */
  readonly intervalMs?: number;
  readonly onDrop?: (dropped: DroppedPartition) => void;
  readonly onError?: (error: StoreError) => void;
}

export interface DroppedPartition {
  readonly table: string;
  /** UTC day, `YYYYMMDD`. */
  readonly partition: string;
  readonly rows: number;
  readonly bytes: number;
}

export interface DiskState {
  readonly storeBytes: number;
  readonly freeBytes: number;
  readonly totalBytes: number;
}

const DEFAULT_INTERVAL_MS = 30_000;
const DEFAULT_MIN_FREE_BYTES = 2 ** 30;
const DEFAULT_MIN_FREE_RATIO = 0.05;
/** Partitions that one look drops at most: space is given back with a delay. */
const MAX_DROPS_PER_ROUND = 4;

/** Bytes that have to go; 0 when all limits are kept. */
function excessBytes(state: DiskState, options: Omit<DiskGuardOptions, 'clock'>): number {
  const minFree = Math.max(
    options.minFreeBytes ?? DEFAULT_MIN_FREE_BYTES,
    state.totalBytes * (options.minFreeRatio ?? DEFAULT_MIN_FREE_RATIO),
  );
  const overStore = state.storeBytes - (options.maxStoreBytes ?? Infinity);
  return Math.max(0, overStore, minFree - state.freeBytes);
}

/**
 * Drops the oldest partition, whole, when the disk fills, and tells of it in `loss`. Of a cluster it looks after the shard
 * that it is connected to.
 */
export class DiskGuard {
  readonly #clients: StoreClients;
  readonly #options: DiskGuardOptions;
  readonly #rounds: Rounds;

  constructor(clients: StoreClients, options: DiskGuardOptions) {
    this.#clients = clients;
    this.#options = options;
    const { clock, onError, intervalMs = DEFAULT_INTERVAL_MS } = options;
    this.#rounds = new Rounds({ clock, onError, intervalMs }, () => this.runRound());
  }

  start(): void {
    this.#rounds.start();
  }

  close(): Promise<void> {
    return this.#rounds.close();
  }

  /** One look; returns what was dropped. Throws StoreError. */
  async runRound(): Promise<readonly DroppedPartition[]> {
    const partitions = await this.#readPartitions();
    const storeBytes = partitions.reduce((total, partition) => total + partition.bytes, 0);
    let excess = excessBytes({ ...(await this.#readDisk()), storeBytes }, this.#options);
    const dropped: DroppedPartition[] = [];
    const newest = partitions.at(-1)?.partition;
    for (const partition of partitions) {
      // The newest day stays: without it there would be nothing to show, and no end to dropping.
      if (excess <= 0 || dropped.length === MAX_DROPS_PER_ROUND || partition.partition === newest) break;
      await this.#drop(partition);
      dropped.push(partition);
      excess -= partition.bytes;
    }
    return dropped;
  }

  async #select<Row>(query: string): Promise<Row[]> {
    try {
      const result = await this.#clients.admin.query({ query, format: 'JSONEachRow' });
      return await result.json<Row>();
    } catch (error) {
      throw toStoreError(error);
    }
  }

  async #readDisk(): Promise<{ freeBytes: number; totalBytes: number }> {
    const [disk] = await this.#select<{ free: string; total: string }>(
      "SELECT unreserved_space AS free, total_space AS total FROM system.disks WHERE name = 'default'",
    );
    return { freeBytes: Number(disk?.free ?? 0), totalBytes: Number(disk?.total ?? 0) };
  }

  /** Partitions of the base tables, oldest first. */
  async #readPartitions(): Promise<DroppedPartition[]> {
    const names = new Map(
      Object.keys(records)
        .filter((name) => name !== 'loss')
        .map((name) => [this.#local(name), name]),
    );
    const rows = await this.#select<{ table: string; partition: string; rows: string; bytes: string }>(
      `SELECT table, partition_id AS partition, sum(rows) AS rows, sum(bytes_on_disk) AS bytes
       FROM system.parts
       WHERE database = currentDatabase() AND active AND table IN ('${[...names.keys()].join("', '")}')
       GROUP BY table, partition
       ORDER BY partition, bytes DESC`,
    );
    return rows.map((row) => ({
      table: names.get(row.table) ?? row.table,
      partition: row.partition,
      rows: Number(row.rows),
      bytes: Number(row.bytes),
    }));
  }

  #local(table: string): string {
    return localTable(table, this.#clients.cluster);
  }

  async #drop(partition: DroppedPartition): Promise<void> {
    const day = Date.parse(partition.partition.replace(/(....)(..)(..)/, '$1-$2-$3T00:00:00Z')) / 86_400_000;
    if (partition.table === 'requests') await freezeDay(this.#clients, day);
    const token = `drop:${partition.table}:${partition.partition}:${partition.rows}:${partition.bytes}`;
    // Told first: when this process dies in between, the token keeps the next attempt from telling it twice.
    const told = await this.#tell(partition, token).catch(() => false);
    try {
      await this.#clients.admin.command({
        query: `ALTER TABLE ${this.#local(partition.table)} DROP PARTITION ID '${partition.partition}'`,
      });
    } catch (error) {
      throw toStoreError(error);
    }
    // A disk that is full to the last byte takes no row before the partition has gone.
    if (!told) await this.#tell(partition, token);
    this.#options.onDrop?.(partition);
  }

  async #tell(partition: DroppedPartition, token: string): Promise<boolean> {
    const known: Readonly<Record<string, AnyRecord>> = records;
    const time = known[partition.table]?.timeColumn ?? 'start_time';
    await this.#clients.admin.command({
      query: `INSERT INTO loss (start_time, end_time, source, reason, events, bytes, detail)
        SELECT min(${time}), max(${time}), 'store', 'partition_dropped', {rows:UInt64}, {bytes:UInt64}, {detail:String}
        FROM ${this.#local(partition.table)}
        WHERE _partition_id = {partition:String}`,
      query_params: {
        rows: partition.rows,
        bytes: partition.bytes,
        partition: partition.partition,
        detail: `${partition.table} ${partition.partition}: rows and bytes on disk`,
      },
      clickhouse_settings: { async_insert: 0, insert_deduplication_token: token },
    });
    return true;
  }
}
