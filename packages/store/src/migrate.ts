import { toStoreError } from './clickhouse-error.ts';
import type { StoreClients } from './connection.ts';
import { StoreError } from './errors.ts';
import { withMigrationLock } from './migration-lock.ts';
import { loadMigrations, pendingMigrations } from './migrations.ts';
import type { AppliedMigration, Migration } from './migrations.ts';
import { createDatabase, isReplicated, spreadStatements } from './spread-tables.ts';

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
const HAS_WORKS_WITH = `SELECT 1 FROM system.columns
  WHERE database = currentDatabase() AND table = 'schema_migrations' AND name = 'works_with'`;

/** The table of what was applied, as this build reads it. */
async function prepareHistory(clients: StoreClients): Promise<void> {
  for (const query of shapedHistory(HISTORY, clients)) await clients.admin.command({ query });
  const result = await clients.admin.query({ query: HAS_WORKS_WITH, format: 'JSONEachRow' });
  if ((await result.json()).length > 0) return;
  for (const query of shapedHistory(WORKS_WITH, clients)) await clients.admin.command({ query });
}

/** Servers that are prepared one by one have a history each. */
function shapedHistory(statement: string, clients: StoreClients): readonly string[] {
  return isReplicated(clients.cluster) ? shaped(statement, clients) : [statement];
}

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
    // A spread table takes the columns that its local one has by then.
    const alter_sync = isReplicated(clients.cluster) ? '1' : '0';
    for (const query of migration.statements.flatMap((statement) => shaped(statement, clients)))
      await clients.admin.command({ query, clickhouse_settings: { alter_sync } });
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

function shaped(statement: string, { cluster, database }: StoreClients): readonly string[] {
  return cluster === undefined ? [statement] : spreadStatements(statement, cluster, database);
}

/** Brings the database to this version's shape; returns the names of what was applied. */
export async function migrate(
  clients: StoreClients,
  all: readonly Migration[] = loadMigrations(),
): Promise<readonly string[]> {
  try {
    await clients.server.command({ query: createDatabase(clients.database, clients.cluster) });
    await prepareHistory(clients);
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
