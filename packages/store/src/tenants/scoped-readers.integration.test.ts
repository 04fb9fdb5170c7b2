import { ManualClock } from '@tomte/kit';
import { startTestStore } from '@tomte/testkit';
import type { TestStore } from '@tomte/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectStore } from '../store.ts';
import type { ReadScope } from './read-scope.ts';
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
  const [[first] = []] = (await dead.query(scopeOf('a'), { sql: SQL })).rows; // Never closed.
  const living = test.store.createScopedReaders({ clock: new ManualClock() });
  expect((await living.query(scopeOf('b'), { sql: SQL })).rows).not.toEqual([[first]]);
  await command(`ALTER DATABASE ${String(first)} MODIFY COMMENT 'until 1'`);
  const later = test.store.createScopedReaders({ clock: new ManualClock() });
  expect((await later.query(scopeOf('c'), { sql: SQL })).rows).toEqual([[first]]);
  await living.close();
  await later.close();
});

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
