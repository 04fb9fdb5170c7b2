import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Child, freePort } from '../kubernetes/child.ts';
import { type TimedSeries, toOpenMetrics } from './open-metrics.ts';
import { findPrometheusPrograms } from './programs.ts';

/** The answer of Prometheus' API. */
export interface PrometheusReply {
  readonly status: 'success' | 'error';
  readonly data?: unknown;
  readonly errorType?: string;
  readonly error?: string;
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
}

/** A real Prometheus that holds given samples and scrapes nothing. */
export interface TestPrometheus {
  readonly url: string;
  /** `path` after `/api/v1/`. */
  ask(path: string, parameters: Readonly<Record<string, string>>): Promise<PrometheusReply>;
  close(): Promise<void>;
}

const READY_TIMEOUT_MS = 120_000;
const LOAD_TIMEOUT_MS = 300_000;

export interface TestPrometheusOptions {
  readonly series: readonly TimedSeries[];
  readonly lookbackSeconds: number;
}

/** Starts one on loopback, or tells why that cannot be done here. */
export async function startTestPrometheus(options: TestPrometheusOptions): Promise<TestPrometheus | string> {
  const programs = await findPrometheusPrograms();
  if (typeof programs === 'string') return programs;
  const folder = await mkdtemp(join(tmpdir(), 'tomte-prometheus-'));
  const input = join(folder, 'samples.om');
  await writeFile(input, toOpenMetrics(options.series));
  await writeFile(join(folder, 'prometheus.yml'), 'global: {}\n');
  const data = join(folder, 'data');
  const load = ['tsdb', 'create-blocks-from', 'openmetrics', input, data];
  await promisify(execFile)(programs.promtool, load, { timeout: LOAD_TIMEOUT_MS });
  const port = await freePort();
  const child = new Child(
    programs.prometheus,
    [
      ...[`--config.file=${join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${data}`],
      ...[
        `--web.listen-address=127.0.0.1:${port}`,
        '--storage.tsdb.retention.time=100y',
        '--log.level=error',
      ],
      `--query.lookback-delta=${options.lookbackSeconds}s`,
    ],
    folder,
  );
  const url = `http://127.0.0.1:${port}`;
  const close = async (): Promise<void> => {
    await child.end();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await child.until(async () => (await fetch(`${url}/-/ready`)).ok, READY_TIMEOUT_MS);
  } catch (thrown) {
    await close();
    throw thrown;
  }
  return { url, close, ask: (path, parameters) => ask(`${url}/api/v1/${path}`, parameters) };
}

async function ask(url: string, parameters: Readonly<Record<string, string>>): Promise<PrometheusReply> {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(parameters) });
  return (await response.json()) as PrometheusReply; // Proof: Prometheus' own envelope.
}
