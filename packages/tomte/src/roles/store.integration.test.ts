import { mkdtempSync, rmSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectStore } from '@tomte/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runVerb, VerbProcess } from '../verb-process.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'tomte-store-verb-'));
const passwords = {
  TOMTE_CLICKHOUSE_PASSWORD: 'admin&<of>"it"-word',
  TOMTE_CLICKHOUSE_READER_PASSWORD: "reader'-password",
};
let verb: VerbProcess;
let port: number;

async function start(): Promise<void> {
  verb = new VerbProcess(['store', '--listen', '0.0.0.0:0', '--data', dataDir, '--max-memory', '768MiB'], {
    env: passwords,
  });
  await verb.ready;
  port = verb.portOf('httpPort');
}

beforeAll(start);
afterAll(async () => {
  await verb.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** As another pod would reach it. */
function addressBeyondLoopback(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}

function ask(sql: string, user: string, password: string, host = '127.0.0.1'): Promise<string> {
  const headers = { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
  return fetch(`http://${host}:${port}/?query=${encodeURIComponent(sql)}`, { method: 'POST', headers }).then(
    async (response) => (response.ok ? (await response.text()).trim() : `refused ${response.status}`),
  );
}

const admin = passwords.TOMTE_CLICKHOUSE_PASSWORD;

describe('tomte store', () => {
  it('answers both users from beyond loopback, and nobody else', async ({ skip }) => {
    const host = addressBeyondLoopback();
    if (host === undefined) return skip('this machine has loopback alone');
    const reader = passwords.TOMTE_CLICKHOUSE_READER_PASSWORD;
    expect(await ask('SELECT 40 + 2', 'tomte', admin, host)).toBe('42');
    expect(await ask('SELECT 1', 'tomte_reader', reader, host)).toBe('1');
    for (const [user, password] of [
      ['tomte', reader],
      ['default', ''],
      ['tomte', ''],
    ] as const)
      expect(await ask('SELECT 1', user, password, host)).toMatch(/^refused 4/);
    const anonymous = await fetch(`http://${host}:${port}/?query=SELECT%201`);
    expect(anonymous.status).toBeGreaterThanOrEqual(400);
  });

  it('answers a probe that has no password', async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/ping`);
    expect([answer.status, (await answer.text()).trim()]).toEqual([200, 'Ok.']);
  });

  it('holds to its memory', async () => {
    const sql = "SELECT value FROM system.server_settings WHERE name = 'max_server_memory_usage'";
    expect(await ask(sql, 'tomte', admin)).toBe(String(768 * 2 ** 20));
  });

  it('keeps its rows and its passwords over a stop and a start', async () => {
    const login = { user: 'tomte', password: admin };
    await using store = connectStore({ url: `http://127.0.0.1:${port}`, ...login });
    const applied = await store.prepare();
    expect(applied.length).toBeGreaterThan(0);
    await verb.stop();
    expect(verb.end).toMatchObject({ exitCode: 0 });
    await start();
    await using again = connectStore({ url: `http://127.0.0.1:${port}`, ...login });
    expect(await again.prepare()).toEqual([]);
  });
});

it.each([
  ['no password', {}, [], 'TOMTE_STORE_PASSWORD_UNUSABLE'],
  [
    'a short one',
    { ...passwords, TOMTE_CLICKHOUSE_READER_PASSWORD: 'short' },
    [],
    'TOMTE_STORE_PASSWORD_UNUSABLE',
  ],
  ['too little memory', passwords, ['--max-memory', '1MiB'], 'TOMTE_STORE_MEMORY_INVALID'],
  ['a folder that is a file', passwords, ['--data', '/dev/null/x'], 'TOMTE_DATA_DIR_UNUSABLE'],
])('refuses %s', async (_, env, args, code) => {
  const end = await runVerb(['store', ...args], { env });
  expect(end).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(`${code}: `) });
});
