import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runReplay } from '../roles/replay.ts';
import { UpProcess } from '../up-process.ts';
import { DemoApi } from './api.ts';
import { readShippedLogs } from './logs.ts';
import { type DemoOptions, report, settle } from './outcome.ts';
import { Screen } from './screen.ts';
import { parseSeconds } from './seconds.ts';

const recordings = join(import.meta.dirname, '..', '..', 'recordings');
/** What ships: `pnpm demo:record` makes it anew. */
export const shippedRecording = join(recordings, 'demo.tomte');
export const shippedLogFile = join(recordings, 'demo.logs.json');

/** The same pipeline from the recording that ships with Tomte: needs neither rights nor a kernel with BTF. */
export async function runRecordedDemo(options: DemoOptions): Promise<number> {
  const seconds = options.seconds === undefined ? undefined : parseSeconds(options.seconds);
  const directory = mkdtempSync(join(tmpdir(), 'tomte-demo-'));
  const dataDir = join(directory, 'data');
  let up: UpProcess | undefined;
  try {
    up = await UpProcess.start({ dataDir, args: ['--no-agent', '--retention', 'all=20000d'] });
    const exitCode = await runReplay(shippedRecording, { data: dataDir });
    return exitCode === 0 ? await show(up, options, seconds) : exitCode;
  } finally {
    await up?.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function show(up: UpProcess, options: DemoOptions, seconds: number | undefined): Promise<number> {
  const api = new DemoApi(up.url);
  const result = await settle(api, readShippedLogs(shippedLogFile));
  const outcome = { ...result, lost: await api.lost(), freshnessP99Ms: null };
  if (options.json !== true)
    process.stdout.write(await new Screen(api, up.url, { place: await placeOf(api) }).text());
  const exitCode = report(outcome, options);
  await stay(options, seconds);
  return exitCode;
}

/** The page's address for the time of the recording, which is long ago. */
async function placeOf(api: DemoApi): Promise<string> {
  const [row] = await api.sql(
    `SELECT formatDateTime(min(start_time), '%FT%TZ') AS first,
            formatDateTime(max(start_time) + toIntervalSecond(1), '%FT%TZ') AS last FROM requests`,
  );
  return `#/services?from=${String(row?.['first'])}&to=${String(row?.['last'])}`;
}

/** Time to ask questions: as long as was said; without a word, on a terminal, until Ctrl-C. */
async function stay(options: DemoOptions, seconds: number | undefined): Promise<void> {
  const isAsked = options.json !== true && process.stdout.isTTY;
  if (seconds === undefined && !isAsked) return;
  if (isAsked) process.stdout.write('Ctrl-C ends it.\n');
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    if (seconds !== undefined) setTimeout(resolve, seconds * 1_000);
  });
}
