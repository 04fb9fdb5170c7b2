import { records } from '@tomte/model';
import type { AnyRecord } from '@tomte/model';
import { endlessRetention, startTestStore } from '@tomte/testkit';
import type { TestStore } from '@tomte/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTableStatements } from './gen/ddl.ts';
import { closeClients, connectClients } from './connection.ts';
import { migrate } from './migrate.ts';
import { loadMigrations } from './migrations.ts';

let test: TestStore;

beforeAll(async () => {
  test = await startTestStore();
});
afterAll(async () => test.close());

async function describeTable(database: string, table: string) {
  const answer = await test.store.query({
    sql: `SELECT name, type, comment, compression_codec FROM system.columns
          WHERE database = {database:String} AND table = {table:String} ORDER BY position`,
    params: { database, table },
  });
  return answer.rows;
}

describe('migrations', () => {
  it('lead to what the records say', async () => {
    const clients = connectClients({ ...test.server, database: 'tomte_fresh' });
    await clients.server.command({ query: 'CREATE DATABASE tomte_fresh' });
    for (const query of Object.values(createTableStatements)) await clients.admin.command({ query });
    await closeClients(clients);
    for (const [table, record] of Object.entries<AnyRecord>(records)) {
      const migrated = await describeTable('tomte', table);
      expect(migrated, table).toEqual(await describeTable('tomte_fresh', table));
      expect(migrated.map((row) => row[0])).toEqual(Object.keys(record.columns));
    }
  });

  it('are applied once when several collectors start at once', async () => {
    const collectors = Array.from({ length: 5 }, () =>
      connectClients({ ...test.server, database: 'tomte_many' }),
    );
    const applied = await Promise.all(collectors.map((clients) => migrate(clients)));
    expect(applied.flat().length).toBe(loadMigrations().length);
    await Promise.all(collectors.map(closeClients));
  });

  it('refuse a text that was changed after it was applied, and a store that is newer', async () => {
    const clients = connectClients({ ...test.server, database: 'tomte_changed' });
    const [first, second] = [1, 2].map((number) => ({
      number,
      name: `000${number}_x`,
      statements: ['SELECT 1'],
      checksum: 'a',
    }));
    if (first === undefined || second === undefined) throw new Error('two migrations are needed');
    expect(await migrate(clients, [first, second])).toEqual(['0001_x', '0002_x']);
    await expect(migrate(clients, [{ ...first, checksum: 'b' }, second])).rejects.toMatchObject({
      code: 'STORE_MIGRATION_CHANGED',
    });
    await expect(migrate(clients, [first])).rejects.toMatchObject({ code: 'STORE_MIGRATION_NEWER' });
    const bad = { number: 3, name: '0003_bad', statements: ['SELECT nothing'], checksum: 'c' };
    await expect(migrate(clients, [first, second, bad])).rejects.toMatchObject({
      code: 'STORE_MIGRATION_FAILED',
    });
    await closeClients(clients);
  });
});

describe('retention', () => {
  it('is altered only where it is another', async () => {
    const ttlOf = async () => {
      const sql = "SELECT engine_full FROM system.tables WHERE database = 'tomte' AND name = 'requests'";
      return String((await test.store.query({ sql })).rows[0]?.[0]);
    };
    await test.store.prepare({ ...endlessRetention(), requests: 14 });
    expect(await ttlOf()).toContain('toIntervalDay(14)');
    const mutations = async () =>
      (await test.store.query({ sql: 'SELECT count() FROM system.mutations' })).rows;
    const before = await mutations();
    await test.store.prepare({ ...endlessRetention(), requests: 14 });
    expect(await mutations()).toEqual(before);
  });
});
