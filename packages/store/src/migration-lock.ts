import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { clickhouseNumber, toStoreError } from './clickhouse-error.ts';
import type { StoreClients } from './connection.ts';
import { StoreError } from './errors.ts';

const LOCK_TABLE = 'migration_lock';
const TABLE_ALREADY_EXISTS = 57;
/** No migration takes that long: an older lock was left by a process that died. */
const STALE_AFTER_SECONDS = 120;
const WAIT_MS = 150;
const MAX_WAIT_MS = 180_000;

/** True when this call has made the lock: ClickHouse makes a table once. */
async function tryLock(clients: StoreClients): Promise<boolean> {
  try {
    const query = `CREATE TABLE ${LOCK_TABLE} (owner String) ENGINE = Memory COMMENT '${randomUUID()}'`;
    await clients.admin.command({ query });
    return true;
  } catch (error) {
    if (clickhouseNumber(error) === TABLE_ALREADY_EXISTS) return false;
    throw toStoreError(error);
  }
}

/** Moves a stale lock away. Its new name holds its uuid, so of two who try, one moves that very lock. */
async function breakStaleLock(clients: StoreClients): Promise<void> {
  const query = `SELECT toString(uuid) AS uuid FROM system.tables
    WHERE database = currentDatabase() AND name = '${LOCK_TABLE}'
      AND metadata_modification_time < now() - ${STALE_AFTER_SECONDS}`;
  const result = await clients.admin.query({ query, format: 'JSONEachRow' });
  const [stale] = await result.json<{ uuid: string }>();
  if (stale === undefined) return;
  const aside = `${LOCK_TABLE}_stale_${stale.uuid.replaceAll('-', '')}`;
  await clients.admin.command({ query: `RENAME TABLE ${LOCK_TABLE} TO ${aside}` }).catch(() => undefined);
  await clients.admin.command({ query: `DROP TABLE IF EXISTS ${aside}` }).catch(() => undefined);
}

/** Runs `work` while no other collector does. Throws STORE_MIGRATION_LOCKED. */
export async function withMigrationLock<T>(clients: StoreClients, work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + MAX_WAIT_MS;
  while (!(await tryLock(clients))) {
    if (performance.now() > deadline)
      throw new StoreError('STORE_MIGRATION_LOCKED', `waited ${MAX_WAIT_MS} ms`);
    await breakStaleLock(clients);
    await delay(WAIT_MS);
  }
  try {
    return await work();
  } finally {
    await clients.admin.command({ query: `DROP TABLE IF EXISTS ${LOCK_TABLE} SYNC` });
  }
}
