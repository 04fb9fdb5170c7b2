import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { UpProcess } from '../up-process.ts';

/** A server of the test's own: the only process that is captured. */
const serverSource = `
  const server = require('node:http').createServer((request, response) => response.end(request.url));
  server.listen(0, '127.0.0.1', () => process.send(server.address().port));
  process.on('disconnect', () => process.exit());
`;

let dataDir: string;
let up: UpProcess;
let server: ChildProcess;
let port: number;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tomte-test-up-'));
  server = spawn(process.execPath, ['-e', serverSource], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  port = await new Promise<number>((resolve) => server.once('message', (value) => resolve(Number(value))));
  up = await UpProcess.start({ dataDir, args: ['--only', `pid:${String(server.pid)}`] });
});

afterAll(async () => {
  await up.stop();
  server.disconnect();
  await rm(dataDir, { recursive: true, force: true });
});

async function send(prefix: string, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const response = await fetch(`http://127.0.0.1:${port}/${prefix}/${index}`);
    expect(await response.text()).toBe(`/${prefix}/${index}`);
  }
}

interface StoredAnswer {
  readonly data: readonly { readonly path: string }[];
}

/** Paths of stored requests; undefined while the API is away. */
async function stored(prefix: string): Promise<readonly string[] | undefined> {
  const url = `${up.url}/api/v1/requests?path.prefix=/${prefix}/&from=-10m&limit=1000&sides=each`;
  const response = await fetch(url).catch(() => undefined);
  if (response?.ok !== true) return undefined;
  const answer = (await response.json()) as StoredAnswer; // Proof: the API's own shape, which its tests fix.
  return answer.data.map((row) => row.path);
}

async function untilStored(prefix: string, count: number): Promise<void> {
  for (;;) {
    const paths = await stored(prefix);
    if (paths !== undefined && paths.length >= count) {
      expect(new Set(paths).size).toBe(count);
      expect(paths).toHaveLength(count);
      return;
    }
    await delay(100);
  }
}

async function kill(part: string): Promise<void> {
  const pid = up.pidOf(part);
  expect(pid).toBeGreaterThan(0);
  process.kill(pid ?? 0, 'SIGKILL');
  while (up.pidOf(part) === undefined || up.pidOf(part) === pid) await delay(20);
}

it('stores what the named process serves, each request once', async () => {
  await send('first', 23);
  await untilStored('first', 23);
});

it.each(['collector', 'clickhouse', 'agent'])('goes on after kill -9 of the %s', async (part) => {
  await kill(part);
  await send(part, 7);
  await untilStored(part, 7);
  await untilStored('first', 23);
});

it('asks the agent of now for what has not ended', async () => {
  const answer = await fetch(`${up.url}/api/v1/requests?state=open`).then((response) => response.json());
  expect(answer).toMatchObject({ data: [], completeness: { complete: true } });
});

it('leaves nothing behind but its data', async () => {
  const pids = ['collector', 'clickhouse', 'agent'].map((part) => up.pidOf(part) ?? 0);
  await up.stop();
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  const names = await readdir(dataDir);
  expect(names.filter((name) => name === 'up.json' || name.startsWith('run-'))).toEqual([]);
});
