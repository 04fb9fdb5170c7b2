import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UpProcess } from '../up-process.ts';
import { DemoApi } from './api.ts';
import { faultBegins, faultLine } from './fault.ts';
import { Freshness } from './freshness.ts';
import { type DemoOptions, type DemoOutcome, report, settle } from './outcome.ts';
import { Screen } from './screen.ts';
import { MAX_SECONDS, parseSeconds } from './seconds.ts';
import { DemoWorkload } from './workload.ts';

/** Everything on this machine, with traffic to look at. Exit code 0 only if every request is stored once. */
export async function runDemo(options: DemoOptions): Promise<number> {
  if (options.recorded === true && options.fault === undefined)
    return (await import('./recorded.ts')).runRecordedDemo(options);
  const seconds = options.seconds === undefined ? MAX_SECONDS : parseSeconds(options.seconds);
  const slowFromMs = faultBegins(options, seconds);
  const directory = mkdtempSync(join(tmpdir(), 'tomte-demo-'));
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  const workload = new DemoWorkload(directory, { slowFromMs });
  let up: UpProcess | undefined;
  try {
    up = await UpProcess.start({
      dataDir: join(directory, 'data'),
      args: ['--only', `pid:${workload.launcher.pid}`],
    });
    await workload.start();
    if (slowFromMs !== undefined) process.stderr.write(faultLine(slowFromMs));
    return report(await show(up, workload, { seconds, options, signal: stopping.signal }), options);
  } finally {
    await workload.close();
    await up?.stop();
    rmSync(directory, { recursive: true, force: true });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
  }
}

async function show(
  up: UpProcess,
  workload: DemoWorkload,
  { seconds, options, signal }: { seconds: number; options: DemoOptions; signal: AbortSignal },
): Promise<DemoOutcome> {
  const api = new DemoApi(up.url);
  const freshness = new Freshness(api);
  const screen = new Screen(api, up.url, { lastSeconds: 60, place: '#/services?from=-5m&every=2' });
  freshness.start();
  if (options.json !== true && process.stdout.isTTY) screen.start();
  await workload.run(seconds, signal);
  const freshnessP99Ms = await freshness.stop();
  screen.stop();
  const result = await settle(api, workload.logs());
  // Where nothing can be drawn anew, the picture comes once.
  if (options.json !== true && !process.stdout.isTTY) process.stdout.write(await screen.text());
  return { ...result, lost: await api.lost(), freshnessP99Ms };
}
