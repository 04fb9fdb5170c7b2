import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { UpProcess } from '@tomte/tomte/up-process';
import { Launcher, type Nginx, startNginx } from '@tomte/workloads';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Api, type Row } from '../harness/api.ts';
import { until } from '../harness/until.ts';
import { Cgroup } from './cgroup.ts';

/**
 * The cgroup that is captured holds all of Tomte (agent, collector, API, ClickHouse) and an idle nginx. So
 * whatever Tomte says to itself would become rows, and those rows more traffic, were it not excluded.
 */
const QUIET_MS = 60_000;
const ASK_EVERY_MS = 1_000;

let cgroup: Cgroup;
let directory: string;
let launcher: Launcher;
let up: UpProcess;
let api: Api;
let nginx: Nginx;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tomte-e2e-self-'));
  cgroup = Cgroup.make('self');
  launcher = new Launcher();
  cgroup.add(launcher.pid);
  nginx = await startNginx({ launcher, directory });
  const options = { dataDir: join(directory, 'data'), args: ['--only', `cgroup:${cgroup.path}`] };
  up = await cgroup.within(() => UpProcess.start(options));
  api = new Api(up.url);
});

afterAll(async () => {
  await launcher.close();
  await up.stop();
  await until(
    () => cgroup.members(),
    (members) => members.length === 0,
  );
  cgroup.remove();
  rmSync(directory, { recursive: true });
});

/** Everything that traffic makes, and the bytes that the kernel's programs saw. */
async function traces(): Promise<readonly Row[]> {
  return api.rows(
    `SELECT (SELECT count() FROM requests) AS requests, (SELECT count() FROM connections) AS connections,
            (SELECT count() FROM loss) AS losses, (SELECT max(captured_bytes) FROM agent_status) AS captured`,
  );
}

async function statuses(): Promise<number> {
  return api.number('SELECT count() FROM agent_status');
}

/** While Tomte talks to itself and is asked every second. */
async function expectQuiet(): Promise<void> {
  await until(statuses, (count) => count > 0);
  const [before, statusesBefore] = [await traces(), await statuses()];
  const end = performance.now() + QUIET_MS;
  while (performance.now() < end) {
    expect(await traces()).toEqual(before);
    await delay(ASK_EVERY_MS);
  }
  expect(await statuses()).toBeGreaterThan(statusesBefore + 5);
}

async function expectSeenOnce(nonce: string): Promise<void> {
  expect((await fetch(`http://127.0.0.1:${nginx.httpPort}/tiny?n=${nonce}`)).status).toBe(200);
  const query = {
    sql: 'SELECT count() FROM requests WHERE query = {query:String}',
    params: { query: `n=${nonce}` },
  };
  const stored = await until(
    () => api.number(query.sql, query.params),
    (count) => count > 0,
  );
  expect(stored).toBe(1);
}

it('all parts of Tomte are inside of what is captured', () => {
  const members = cgroup.members();
  for (const pid of [up.pid, ...['agent', 'collector', 'clickhouse'].map((part) => up.pidOf(part))])
    expect(members).toContain(pid);
  expect(members).toContain(nginx.program.pid);
  expect(members).not.toContain(process.pid);
});

it('for a minute without other traffic no row is made, and then one request is one row', async () => {
  await expectQuiet();
  await expectSeenOnce('one');
  expect(await api.number('SELECT count() FROM requests')).toBe(1);
}, 120_000);

it.each(['clickhouse', 'collector', 'agent'])('a new %s after a kill is not seen either', async (part) => {
  const killed = up.pidOf(part);
  process.kill(killed ?? 0, 'SIGKILL');
  await until(
    () => up.pidOf(part),
    (pid) => pid !== undefined && pid !== killed,
  );
  await expectSeenOnce(`after-${part}`);
  const strangers = await api.rows(`SELECT path, process_name FROM requests WHERE query NOT LIKE 'n=%'`);
  expect(strangers).toEqual([]);
});
