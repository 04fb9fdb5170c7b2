import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reconcile, type Reconciliation } from '@tomte/workloads';
import { userError } from '../errors.ts';
import { UpProcess } from '../up-process.ts';
import { DemoApi } from './api.ts';
import { Freshness } from './freshness.ts';
import { Screen } from './screen.ts';
import { DemoWorkload } from './workload.ts';

interface DemoOptions {
  readonly seconds?: string;
  readonly json?: boolean;
  readonly recorded?: boolean;
}

interface DemoResult extends Reconciliation {
  readonly dropped: Readonly<Record<string, number>>;
  readonly freshnessP99Ms: number | null;
}

const MAX_SECONDS = 3_600;
const SETTLE_MS = 15_000;
const SETTLE_POLL_MS = 250;

/** Everything on this machine, with traffic to look at. Exit code 0 only if every request is stored once. */
export async function runDemo(options: DemoOptions): Promise<number> {
  if (options.recorded === true) return (await import('./recorded.ts')).runRecordedDemo(options);
  const seconds = parseSeconds(options);
  const directory = mkdtempSync(join(tmpdir(), 'tomte-demo-'));
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  const workload = new DemoWorkload(directory);
  let up: UpProcess | undefined;
  try {
    up = await UpProcess.start({
      dataDir: join(directory, 'data'),
      args: ['--only', `pid:${workload.launcher.pid}`],
    });
    await workload.start();
    return report(await show(up, workload, { seconds, options, signal: stopping.signal }), options);
  } finally {
    await workload.close();
    await up?.stop();
    rmSync(directory, { recursive: true, force: true });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
  }
}

function parseSeconds(options: DemoOptions): number {
  if (options.seconds === undefined) return MAX_SECONDS;
  const seconds = Number(options.seconds);
  if (Number.isFinite(seconds) && seconds >= 1 && seconds <= MAX_SECONDS) return seconds;
  throw userError(
    'TOMTE_DEMO_SECONDS',
    `--seconds ${options.seconds} is not a number from 1 to ${MAX_SECONDS}`,
    'For example --seconds 20.',
  );
}

async function show(
  up: UpProcess,
  workload: DemoWorkload,
  { seconds, options, signal }: { seconds: number; options: DemoOptions; signal: AbortSignal },
): Promise<DemoResult> {
  const api = new DemoApi(up.url);
  const freshness = new Freshness(api);
  const screen = new Screen(api, up.url);
  freshness.start();
  if (options.json !== true && process.stdout.isTTY) screen.start();
  await workload.run(seconds, signal);
  const freshnessP99Ms = await freshness.stop();
  screen.stop();
  const result = await settle(api, workload);
  return { ...result, dropped: await api.dropped(), freshnessP99Ms };
}

/** Waits until what is on its way has arrived, or it is plain that something is missing. */
async function settle(api: DemoApi, workload: DemoWorkload): Promise<Reconciliation> {
  const { servers, clients } = workload.logs();
  const expected = [...servers, ...clients].reduce((sum, log) => sum + log.lines.length, 0);
  const deadline = performance.now() + SETTLE_MS;
  for (;;) {
    const result = reconcile(servers, clients, await api.storedRequests(expected));
    if (result.missing === 0 || performance.now() > deadline) return result;
    await new Promise((resolve) => setTimeout(resolve, SETTLE_POLL_MS));
  }
}

function report(result: DemoResult, options: DemoOptions): number {
  const { sent, stored, missing, duplicated, dropped, freshnessP99Ms } = result;
  const setupSeconds = Number(process.env['TOMTE_SETUP_SECONDS'] ?? 0);
  const facts = { sent, stored, missing, duplicated, dropped, freshnessP99Ms, setupSeconds };
  for (const example of result.examples) process.stderr.write(`${example}\n`);
  if (options.json === true) process.stdout.write(`${JSON.stringify(facts)}\n`);
  else process.stdout.write(summary(facts));
  const isWhole = missing === 0 && duplicated === 0 && result.unexpected === 0;
  return isWhole && sent.http === stored.http && sent.https === stored.https ? 0 : 1;
}

function summary(
  facts: Pick<DemoResult, 'sent' | 'stored' | 'missing' | 'duplicated' | 'freshnessP99Ms'>,
): string {
  const { sent, stored } = facts;
  return [
    '',
    `Sent    ${sent.http} HTTP, ${sent.https} HTTPS requests, by the logs of the programs themselves.`,
    `Stored  ${stored.http} HTTP, ${stored.https} HTTPS; missing ${facts.missing}, doubled ${facts.duplicated}.`,
    `Visible in a query ${facts.freshnessP99Ms ?? '-'} ms after their end (p99).`,
    '',
  ].join('\n');
}
