import { toStoreError } from './clickhouse-error.ts';
import type { StoreClients } from './connection.ts';
import { createReplicatedDatabase, toReplicated } from './replicated.ts';
import { StoreError } from './errors.ts';
import { withMigrationLock } from './migration-lock.ts';
import { loadMigrations, pendingMigrations } from './migrations.ts';
import type { AppliedMigration, Migration } from './migrations.ts';

const HISTORY = `CREATE TABLE IF NOT EXISTS schema_migrations
(
  number UInt32 COMMENT 'Number of the migration, from 1.',
  name String COMMENT 'Its file without the extension.',
  checksum String COMMENT 'SHA-256 of its text.',
  applied_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When it was applied.'
)
ENGINE = MergeTree
ORDER BY number`;
/** Absent in the history of stores from before; 0 means: only builds that know the migration itself. */
const WORKS_WITH = `ALTER TABLE schema_migrations
  ADD COLUMN IF NOT EXISTS works_with UInt32 COMMENT 'Builds that know the migration of this number work with it too.'`;

async function readApplied(clients: StoreClients): Promise<AppliedMigration[]> {
  const query =
    'SELECT number, any(name) AS name, any(checksum) AS checksum, if(any(works_with) = 0, number, any(works_with)) AS worksWith FROM schema_migrations GROUP BY number ORDER BY number';
  const result = await clients.admin.query({ query, format: 'JSONEachRow' });
  return result.json<AppliedMigration>();
}

/**
 * A migration may be repeated when it was cut off half-way: its statements say IF NOT EXISTS. Parts are rewritten
 * behind it, since that takes as long as the table is large; until then they are read as what they become.
 */
async function apply(clients: StoreClients, migration: Migration): Promise<void> {
  try {
    for (const query of migration.statements)
      await clients.admin.command({
        query: shaped(query, clients),
        clickhouse_settings: { alter_sync: '0' },
      });
    const { number, name, checksum, worksWith } = migration;
    await clients.admin.insert({
      table: 'schema_migrations',
      values: [{ number, name, checksum, works_with: worksWith }],
      format: 'JSONEachRow',
    });
  } catch (error) {
    throw new StoreError('STORE_MIGRATION_FAILED', `${migration.name}: ${toStoreError(error).message}`, {
      cause: error,
    });
  }
}

function createDatabase({ database, cluster }: StoreClients): string {
  if (cluster === undefined) return `CREATE DATABASE IF NOT EXISTS ${database}`;
  return createReplicatedDatabase(database, cluster);
}

function shaped(statement: string, { cluster }: StoreClients): string {
  return cluster === undefined ? statement : toReplicated(statement);
}

/** Brings the database to this version's shape; returns the names of what was applied. */
export async function migrate(
  clients: StoreClients,
  all: readonly Migration[] = loadMigrations(),
): Promise<readonly string[]> {
  try {
    await clients.server.command({ query: createDatabase(clients) });
    await clients.admin.command({ query: shaped(HISTORY, clients) });
    await clients.admin.command({ query: WORKS_WITH });
    if (pendingMigrations(all, await readApplied(clients)).length === 0) return [];
    return await withMigrationLock(clients, async () => {
      const pending = pendingMigrations(all, await readApplied(clients));
      for (const migration of pending) await apply(clients, migration);
      return pending.map((migration) => migration.name);
    });
  } catch (error) {
    throw toStoreError(error);
  }
}
