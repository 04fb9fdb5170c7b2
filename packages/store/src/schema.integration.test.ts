import { storedRecords } from '@tomte/model';
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
    for (const [table, record] of Object.entries<AnyRecord>(storedRecords)) {
      const migrated = await describeTable('tomte', table);
      expect(migrated, table).toEqual(await describeTable('tomte_fresh', table));
      expect(migrated.map((row) => row[0])).toEqual(Object.keys(record.columns));
    }
  });

  it('keep rows of the time before pair_key was computed, and pair them as before', async () => {
    const clients = connectClients({ ...test.server, database: 'tomte_old' });
    const all = loadMigrations();
    await migrate(
      clients,
      all.filter(({ number }) => number < 4),
    );
    await clients.admin.command({
      query: `INSERT INTO requests (start_time, duration_ns, exchange_index, pair_key, unpaired_reason, service_name,
          path, client_address, client_port, server_address, server_port, role, connection_id, pid, spool_id, batch_seq)
        SELECT toDateTime64('2026-01-02 03:00:00', 9, 'UTC') + number % 60, rand64() % 1000000007, intDiv(number, 2) % 101,
          if(number % 7 = 0, 0, cityHash64('key', intDiv(number, 2))), if(number % 7 = 0, 'gap', ''),
          concat('service-', toString(number % 13)), concat('/', toString(number % 19)),
          toIPv6('::ffff:10.0.0.1'), 40000 + intDiv(number, 202), toIPv6('::ffff:10.0.0.2'), 80,
          if(number % 2 = 0, 'client', 'server'), number % 31, number % 17, 1, 1
        FROM numbers(1994)`,
    });
    const ask = async (query: string) =>
      (await clients.admin.query({ query, format: 'JSONCompactEachRow' })).json();
    const values = `SELECT count(), sum(cityHash64(* EXCEPT (pair_key, request_headers, response_headers, attributes)))
      FROM requests SETTINGS asterisk_include_alias_columns = 1`;
    const pairs = `SELECT arraySort(groupArray((role, path))) AS ends FROM requests WHERE pair_key != 0
      GROUP BY pair_key ORDER BY ends`;
    const [valuesBefore, pairsBefore] = [await ask(values), await ask(pairs)];
    expect(await migrate(clients, all)).toContain('0004_change_base_tables');
    expect(await ask(values)).toEqual(valuesBefore);
    expect(await ask(pairs)).toEqual(pairsBefore);
    expect(pairsBefore.length).toBeGreaterThan(800);
    await closeClients(clients);
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
      worksWith: number,
    }));
    if (first === undefined || second === undefined) throw new Error('two migrations are needed');
    expect(await migrate(clients, [first, second])).toEqual(['0001_x', '0002_x']);
    await expect(migrate(clients, [{ ...first, checksum: 'b' }, second])).rejects.toMatchObject({
      code: 'STORE_MIGRATION_CHANGED',
    });
    await expect(migrate(clients, [first])).rejects.toMatchObject({ code: 'STORE_MIGRATION_NEWER' });
    const bad = { number: 3, name: '0003_bad', statements: ['SELECT nothing'], checksum: 'c', worksWith: 3 };
    await expect(migrate(clients, [first, second, bad])).rejects.toMatchObject({
      code: 'STORE_MIGRATION_FAILED',
    });
    await closeClients(clients);
  });

  it('of a newer version that say so leave this one at work: a release is rolled back', async () => {
    const clients = connectClients({ ...test.server, database: 'tomte_rolled_back' });
    const migrationOf = (number: number, worksWith: number) => ({
      number,
      name: `000${number}_x`,
      statements: ['SELECT 1'],
      checksum: 'a',
      worksWith,
    });
    const [first, second, third] = [migrationOf(1, 1), migrationOf(2, 1), migrationOf(3, 2)];
    expect(await migrate(clients, [first])).toEqual(['0001_x']);
    expect(await migrate(clients, [first, second])).toEqual(['0002_x']);
    expect(await migrate(clients, [first])).toEqual([]);
    expect(await migrate(clients, [first, second, third])).toEqual(['0003_x']);
    expect(await migrate(clients, [first, second])).toEqual([]);
    await expect(migrate(clients, [first])).rejects.toMatchObject({ code: 'STORE_MIGRATION_NEWER' });
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
