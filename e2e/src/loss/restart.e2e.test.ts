import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UpProcess } from '@tomte/tomte/up-process';
import { Launcher, startNginx } from '@tomte/workloads';
import { expect, it } from 'vitest';
import { Api } from '../harness/api.ts';
import { until } from '../harness/until.ts';

const counts = { before: 11, away: 7, after: 13 } as const;
const STORED_MS = 60_000;

/** An update of the agent is a stop in order and a start: nobody watches in between, and every answer says so. */
it('a stop in order leaves one window that holds what nobody saw', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tomte-e2e-restart-'));
  const launcher = new Launcher();
  const options = { dataDir: join(directory, 'data'), args: ['--only', `pid:${launcher.pid}`] };
  let up: UpProcess | undefined;
  try {
    up = await UpProcess.start(options);
    const nginx = await startNginx({ launcher, directory });
    const send = async (kind: keyof typeof counts): Promise<{ fromMs: number; toMs: number }> => {
      const fromMs = Date.now();
      for (let index = 0; index < counts[kind]; index += 1)
        expect((await fetch(`http://127.0.0.1:${nginx.httpPort}/tiny?${kind}`)).status).toBe(200);
      return { fromMs, toMs: Date.now() };
    };
    await send('before');
    await expectStored(new Api(up.url), counts.before);
    await up.stop();
    const away = await send('away');
    up = await UpProcess.start(options);
    await send('after');
    await expectStored(new Api(up.url), counts.before + counts.after);
    await expectOneWindow(new Api(up.url), away);
  } finally {
    await launcher.close();
    await up?.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}, 300_000);

async function expectStored(api: Api, count: number): Promise<void> {
  const sql = "SELECT count() FROM requests WHERE role = 'server' AND path = '/tiny'";
  const stored = await until(
    () => api.number(sql),
    (found) => found >= count,
    STORED_MS,
  );
  expect(stored).toBe(count);
}

async function expectOneWindow(api: Api, away: { fromMs: number; toMs: number }): Promise<void> {
  const sql = `SELECT toFloat64(toUnixTimestamp64Nano(start_time)) / 1e6 AS start_ms, events, detail,
                      toFloat64(toUnixTimestamp64Nano(end_time)) / 1e6 AS end_ms
               FROM loss WHERE reason = 'agent_down'`;
  const windows = await until(
    () => api.rows(sql),
    (rows) => rows.length > 0,
    STORED_MS,
  );
  expect(windows).toHaveLength(1);
  expect(windows[0]).toMatchObject({ events: null, detail: 'the agent before this one was stopped' });
  expect(Number(windows[0]?.['start_ms'])).toBeLessThanOrEqual(away.fromMs);
  expect(Number(windows[0]?.['end_ms'])).toBeGreaterThanOrEqual(away.toMs);
  const range = `from=${new Date(away.fromMs).toISOString()}&to=${new Date(away.toMs).toISOString()}`;
  const { body } = await api.ask(`/api/v1/requests?${range}`);
  expect(body).toMatchObject({ row_count: 0, completeness: { complete: false } });
  expect(JSON.stringify(body['completeness'])).toContain('agent_down');
}
