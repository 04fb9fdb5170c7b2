import { ManualClock } from '@tomte/kit';
import { startTestStore } from '@tomte/testkit';
import type { TestStore } from '@tomte/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectStore } from '../store.ts';
import type { ReadScope } from './read-scope.ts';
import type { ScopedReaders } from './scoped-readers.ts';
import { TENANT_SLOTS } from './tenant-login.ts';

let test: TestStore;
beforeAll(async () => {
  test = await startTestStore();
});
afterAll(async () => test.close());

const scopeOf = (name: string): ReadScope => ({ namespaces: [name], contentOf: [] });
const SQL = 'SELECT currentDatabase()';

async function slots(): Promise<number> {
  const sql = "SELECT count() FROM system.databases WHERE name LIKE 'tomte\\_tenant\\_%'";
  return Number((await test.store.query({ sql })).rows[0]?.[0]);
}

async function command(sql: string): Promise<void> {
  const login = Buffer.from(`${test.server.user}:${test.server.password}`).toString('base64');
  const headers = { authorization: `Basic ${login}` };
  const response = await fetch(test.server.url, { method: 'POST', body: sql, headers });
  expect(await response.text()).toBe('');
}

it('asks for the same scope in the same slot, whatever the order of its namespaces', async () => {
  const readers = test.store.createScopedReaders({ clock: new ManualClock() });
  const one = await readers.query({ namespaces: ['a', 'b'], contentOf: [] }, { sql: SQL });
  const two = await readers.query({ namespaces: ['b', 'a', 'b'], contentOf: [] }, { sql: SQL });
  const other = await readers.query({ namespaces: ['a', 'b'], contentOf: ['a'] }, { sql: SQL });
  expect(two.rows).toEqual(one.rows);
  expect(other.rows).not.toEqual(one.rows);
  await readers.close();
  expect(await slots()).toBe(0);
});

it('makes room for a new scope by dropping the one that was asked longest ago', async () => {
  const clock = new ManualClock();
  const readers = test.store.createScopedReaders({ clock });
  for (let index = 0; index < TENANT_SLOTS + 3; index += 1) {
    clock.advanceMs(1);
    await readers.query(scopeOf(`n${index}`), { sql: SQL });
  }
  expect(await slots()).toBe(TENANT_SLOTS);
  await readers.close();
  expect(await slots()).toBe(0);
}, 60_000);

it('refuses a scope too many while all slots are asked', async () => {
  const readers = test.store.createScopedReaders({ clock: new ManualClock() });
  const stop = new AbortController();
  const names = Array.from({ length: TENANT_SLOTS }, (_, index) => `n${index}`);
  for (const name of names) await readers.query(scopeOf(name), { sql: SQL });
  const long = names.map((name) =>
    readers
      .query(scopeOf(name), { sql: 'SELECT sleepEachRow(1) FROM numbers(20)', signal: stop.signal })
      .catch(() => undefined),
  );
  await expect(readers.query(scopeOf('one-more'), { sql: SQL })).rejects.toMatchObject({
    code: 'STORE_SCOPES_BUSY',
  });
  stop.abort();
  await Promise.all(long);
  expect((await readers.query(scopeOf('one-more'), { sql: SQL })).rows).toHaveLength(1);
  await readers.close();
}, 60_000);

it('takes no slot that another process has, and the slot of one that died when its time is over', async () => {
  const dead = connectStore(test.server).createScopedReaders({ clock: new ManualClock() });
  const first = await databaseOf(dead, 'a'); // Never closed.
  const living = test.store.createScopedReaders({ clock: new ManualClock() });
  expect(slotOf(await databaseOf(living, 'b'))).not.toBe(slotOf(first));
  await command(`ALTER DATABASE ${first} MODIFY COMMENT 'until 1'`);
  const later = test.store.createScopedReaders({ clock: new ManualClock() });
  const second = await databaseOf(later, 'c');
  expect(slotOf(second)).toBe(slotOf(first));
  expect(second).not.toBe(first);
  await living.close();
  await later.close();
});

describe('a lease that ran out while its owner lives on', () => {
  const ownRows = 'SELECT groupUniqArray(k8s_namespace_name) FROM requests';
  const seenBy = async (readers: ScopedReaders, name: string) =>
    (await readers.query(scopeOf(name), { sql: ownRows })).rows;
  const everySlotDatabase = "SELECT * FROM merge(REGEXP('.*tenant.*'), '^requests$')";

  beforeAll(async () => {
    const rows = ['a', 'b', 'c'].map((ns) => `('${ns}', now64(9))`).join(', ');
    await command(`INSERT INTO tomte.requests (k8s_namespace_name, start_time) VALUES ${rows}`);
  });

  it.each([
    ['by its own clock too', 1_800_000],
    ["by ClickHouse's clock only", 0],
  ])("%s: it neither reads nor drops what is another one's", async (_, passedMs) => {
    const clock = new ManualClock();
    const former = test.store.createScopedReaders({ clock });
    const first = await databaseOf(former, 'a');
    await command(`ALTER DATABASE ${first} MODIFY COMMENT 'until 1'`);
    const next = test.store.createScopedReaders({ clock: new ManualClock() });
    const second = await databaseOf(next, 'b');
    expect(slotOf(second)).toBe(slotOf(first));
    clock.advanceMs(passedMs);
    if (passedMs === 0) {
      await expect(former.query(scopeOf('a'), { sql: everySlotDatabase })).rejects.toMatchObject({
        code: 'STORE_SQL_INVALID',
      });
    }
    expect(await seenBy(former, 'a')).toEqual([[['a']]]);
    expect(slotOf(await databaseOf(former, 'a'))).not.toBe(slotOf(second));
    expect(await seenBy(next, 'b')).toEqual([[['b']]]);
    await former.close();
    expect(await databaseOf(next, 'b')).toBe(second);
    expect(await seenBy(next, 'b')).toEqual([[['b']]]);
    await next.close();
    expect(await slots()).toBe(0);
  });

  it('ends a question of it that would find the views of the next one by a pattern', async () => {
    const former = test.store.createScopedReaders({ clock: new ManualClock() });
    const first = await databaseOf(former, 'a');
    const sql = `SELECT groupUniqArray(k8s_namespace_name), (SELECT sum(sleepEachRow(1)) FROM numbers(8) SETTINGS max_block_size = 1)
      FROM merge(REGEXP('tomte_tenant_.*'), '^requests$')`;
    const late = former.query(scopeOf('a'), { sql }).catch((thrown: { code: string }) => thrown.code);
    await expect.poll(running).toBe(1);
    await command(`ALTER DATABASE ${first} MODIFY COMMENT 'until 1'`);
    const next = test.store.createScopedReaders({ clock: new ManualClock() });
    expect(await seenBy(next, 'b')).toEqual([[['b']]]);
    expect(await late).toBe('STORE_QUERY_CANCELLED');
    await former.close();
    await next.close();
  });

  it('is had by one of all that want it at once', async () => {
    const dead = test.store.createScopedReaders({ clock: new ManualClock() });
    await command(`ALTER DATABASE ${await databaseOf(dead, 'a')} MODIFY COMMENT 'until 1'`);
    const all = Array.from({ length: 4 }, () => test.store.createScopedReaders({ clock: new ManualClock() }));
    const names = ['a', 'b', 'c', 'd'];
    const databases = await Promise.all(
      all.map(async (readers, index) => databaseOf(readers, names[index] ?? '')),
    );
    expect(new Set(databases.map(slotOf)).size).toBe(4);
    const seen = all.map((readers, index) => seenBy(readers, names[index] ?? ''));
    expect(await Promise.all(seen)).toEqual([[[['a']]], [[['b']]], [[['c']]], [[[]]]]);
    await Promise.all(all.map((readers) => readers.close()));
    await dead.close();
  });
});

async function databaseOf(readers: ScopedReaders, name: string): Promise<string> {
  return String((await readers.query(scopeOf(name), { sql: SQL })).rows[0]?.[0]);
}

const slotOf = (database: string): string => database.replace(/_[0-9a-f]{32}$/, '');

async function running(): Promise<number> {
  const sql = "SELECT count() FROM system.processes WHERE user LIKE 'tomte\\_tenant\\_%'";
  return Number((await test.store.query({ sql })).rows[0]?.[0]);
}

it('begins no question in a slot whose lease nears its end', async () => {
  const clock = new ManualClock();
  const readers = test.store.createScopedReaders({ clock, leaseSeconds: 600 });
  await readers.query(scopeOf('a'), { sql: SQL });
  const before = await commentOf();
  clock.advanceMs(299_000);
  await readers.query(scopeOf('a'), { sql: SQL });
  expect(await commentOf()).toEqual(before);
  clock.advanceMs(2_000);
  await new Promise((resolve) => setTimeout(resolve, 1_100)); // Another second of ClickHouse's own clock.
  await readers.query(scopeOf('a'), { sql: SQL });
  await expect.poll(commentOf).not.toEqual(before);
  await readers.close();
});

async function commentOf(): Promise<unknown> {
  const sql = "SELECT comment FROM system.databases WHERE name LIKE 'tomte\\_tenant\\_%'";
  return (await test.store.query({ sql })).rows;
}

it.each(["a'b", 'A', 'a_b', '', '-a', 'a'.repeat(64)])('refuses %j as a namespace', async (name) => {
  const readers = test.store.createScopedReaders({ clock: new ManualClock() });
  await expect(readers.query(scopeOf(name), { sql: SQL })).rejects.toMatchObject({
    code: 'STORE_SCOPE_INVALID',
  });
});

it('serves nobody where the users are not configured', async () => {
  const { url, user, password } = test.server;
  const readers = connectStore({ url, user, password }).createScopedReaders({ clock: new ManualClock() });
  await expect(readers.query(scopeOf('a'), { sql: SQL })).rejects.toMatchObject({ code: 'STORE_NO_TENANTS' });
});
