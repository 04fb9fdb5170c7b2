import { storedRecords } from '@tomte/model';
import type { AnyRecord } from '@tomte/model';

/** Servers over which rows are spread: each shard holds a part of them, on each of its replicas. */
export interface StoreCluster {
  /** As in `remote_servers`. */
  readonly name: string;
  /**
   * Replicas of a shard give each other what they take, and all servers make a table that one of them makes: by Keeper. Else
   * each shard is one server, which is prepared by itself. Default true.
   */
  readonly isReplicated?: boolean;
}

const ENGINE = /^ENGINE = (?!Replicated)(\w*MergeTree)\b/gm;
const TABLE = /^(CREATE TABLE IF NOT EXISTS|ALTER TABLE) (\w+)/;
/** Views are of the spread tables, and the same everywhere. */
const VIEW = /^CREATE (?:OR REPLACE VIEW|VIEW IF NOT EXISTS) /;

/** The table that holds what a server has of a spread one. */
export function localTable(table: string, cluster: StoreCluster | undefined): string {
  return cluster === undefined ? table : `${table}_local`;
}

/**
 * A statement of a migration as the cluster takes it: what it says of a table is so of the local one of each server, and
 * over these lies a table under the name itself, to which everybody writes and from which everybody reads. Throws for
 * a statement of which that cannot be said.
 */
export function spreadStatements(
  statement: string,
  cluster: StoreCluster,
  database: string,
): readonly string[] {
  if (VIEW.test(statement)) return [statement];
  const [, verb, table] = TABLE.exec(statement) ?? [];
  if (verb === undefined || table === undefined)
    throw new Error(`a cluster cannot be told: ${statement.slice(0, 60)}`);
  const local = statement.replace(TABLE, `$1 ${localTable(table, cluster)}`);
  const create = verb.startsWith('CREATE') ? 'CREATE TABLE IF NOT EXISTS' : 'CREATE OR REPLACE TABLE';
  return [
    isReplicated(cluster) ? local.replaceAll(ENGINE, 'ENGINE = Replicated$1') : local,
    `${create} ${table} AS ${localTable(table, cluster)} ENGINE = ${distributed(table, cluster, database)}`,
    ...computedColumns(table).map(
      ([name, type]) =>
        `ALTER TABLE ${table} MODIFY COLUMN IF EXISTS ${name} ${type} MATERIALIZED defaultValueOfTypeName('${type}')`,
    ),
  ];
}

/**
 * What the local table computes is asked of it by name. Copied with its expression it would be sent as that, under its name,
 * and a question that gives another column the same name would be refused. Nothing is written of it either way.
 */
function computedColumns(table: string): readonly (readonly [string, string])[] {
  return Object.entries(recordOf(table)?.columns ?? {}).flatMap(([name, column]) =>
    'computed' in column ? [[name, column.type] as const] : [],
  );
}

function recordOf(table: string): AnyRecord | undefined {
  const known: Readonly<Record<string, AnyRecord>> = storedRecords;
  return known[table];
}

function distributed(table: string, cluster: StoreCluster, database: string): string {
  return `Distributed('${cluster.name}', '${database}', '${localTable(table, cluster)}', ${shardingKey(table)})`;
}

/**
 * A batch lies in one shard as a whole, so that it is stored or it is not; what replaces one another lies in the same.
 * Both ends of an exchange may lie apart: joins of rows ask all shards (`distributed_product_mode`).
 */
export function shardingKey(table: string): string {
  const record = recordOf(table);
  if (record === undefined) return table === 'schema_migrations' ? 'number' : 'cityHash64(minute)';
  return `cityHash64(${'spool_id' in record.columns ? 'spool_id' : 'uid'})`;
}

export function isReplicated(cluster: StoreCluster | undefined): boolean {
  return cluster !== undefined && cluster.isReplicated !== false;
}

/**
 * Makes the database. What is made or altered in a Replicated database later, by whichever server, is made on all of them.
 */
export function createDatabase(database: string, cluster: StoreCluster | undefined): string {
  const create = `CREATE DATABASE IF NOT EXISTS ${database}${onCluster(cluster)}`;
  if (!isReplicated(cluster)) return create;
  return `${create} ENGINE = Replicated('/clickhouse/databases/${database}', '{shard}', '{replica}')`;
}

/** In a statement that every server is to carry out. */
export function onCluster(cluster: StoreCluster | undefined): string {
  return cluster === undefined || !isReplicated(cluster) ? '' : ` ON CLUSTER ${cluster.name}`;
}

/** A table of `system` on all servers, or on one of each shard. */
export function systemTable(
  table: string,
  cluster: StoreCluster | undefined,
  of: 'servers' | 'shards',
): string {
  if (cluster === undefined) return `system.${table}`;
  return `${of === 'servers' ? 'clusterAllReplicas' : 'cluster'}('${cluster.name}', system.${table})`;
}
