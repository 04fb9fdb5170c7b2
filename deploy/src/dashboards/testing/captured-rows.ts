import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestStore, type TestStore } from '@tomte/testkit';
import { runVerb, VerbProcess } from '@tomte/tomte/verb-process';
import { checkout } from '../../checkout.ts';
import type { AskSql } from './sql-samples.ts';

const recording = join(checkout, 'packages/tomte/recordings/demo.tomte');

/** The API of a collector over the traffic of the demo's recording, and beside it what a recording does not carry. */
export interface CapturedRows {
  readonly url: string;
  /** As the administrator, past the API. */
  readonly ask: AskSql;
  close(): Promise<void>;
}

export async function startCapturedRows(): Promise<CapturedRows> {
  const store = await startTestStore();
  const folder = mkdtempSync(join(tmpdir(), 'tomte-grafana-'));
  const tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, 'a-token-of-this-test-alone-0123456789', { mode: 0o600 });
  const { url, user, password } = store.server;
  const collector = new VerbProcess(
    [
      ...['collector', '--clickhouse', url, '--token-file', tokenFile, '--retention', 'all=20000d'],
      ...['--listen', '127.0.0.1:0', '--api-listen', '127.0.0.1:0'],
    ],
    { env: { TOMTE_CLICKHOUSE_USER: user, TOMTE_CLICKHOUSE_PASSWORD: password } },
  );
  const close = async (): Promise<void> => {
    await collector.stop();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await collector.ready;
    const address = `127.0.0.1:${collector.portOf('ingestPort')}`;
    const replay = await runVerb(['replay', recording, '--collector', address, '--token-file', tokenFile]);
    if (replay.exitCode !== 0) throw new Error(`the replay failed: ${replay.stderr}`);
    await insertBeside(store);
    return { url: collector.apiUrl, ask: asker(store), close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

async function send({ server }: TestStore, sql: string): Promise<string> {
  const login = Buffer.from(`${server.user}:${server.password}`).toString('base64');
  const url = new URL(server.url);
  url.searchParams.set('database', 'tomte');
  const response = await fetch(url, {
    method: 'POST',
    body: sql,
    headers: { authorization: `Basic ${login}` },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}

function asker(store: TestStore): AskSql {
  return async (sql) => {
    const answer = await send(store, `${sql} FORMAT JSON`);
    return (JSON.parse(answer) as { readonly data: Awaited<ReturnType<AskSql>> }).data; // Proof: ClickHouse's own form.
  };
}

/** System calls, and what two agents said of themselves, around the recorded seconds: a replay tells neither. */
async function insertBeside(store: TestStore): Promise<void> {
  const from = "toDateTime64('2026-11-25 19:38:00', 9, 'UTC') + toIntervalSecond(number * 10)";
  const common = `'demo' AS k8s_cluster_name, 'agent-1' AS agent_id, 'node-1' AS host_name`;
  await send(
    store,
    `INSERT INTO syscall_stats (k8s_cluster_name, agent_id, host_name, interval_start, interval_ns, syscall,
       call_count, error_count, total_ns, service_name)
     SELECT ${common}, ${from}, 10000000000, ['read', 'write', 'openat'][number % 3 + 1],
       100 + number * 7, number % 4, number * 1000003, ['nginx', 'service'][number % 2 + 1] FROM numbers(24)`,
  );
  for (const agent of [1, 2])
    await send(
      store,
      `INSERT INTO agent_status (k8s_cluster_name, agent_id, host_name, time, cpu_millicores, rss_bytes, captured_events,
         captured_bytes, dropped_events, emitted_requests, open_requests, open_connections, spool_bytes)
       SELECT 'demo', 'agent-${agent}', 'node-${agent}', ${from}, 5 + number, 90000000 + number * 4096,
         number * ${agent} * 50, number * ${agent} * 4000, intDiv(number, 5), number * 20, number % 4, number % 9, number * 100
       FROM numbers(${agent === 1 ? 30 : 9})`,
    );
}
