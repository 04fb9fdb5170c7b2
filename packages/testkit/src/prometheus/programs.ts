import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Prometheus 3.16. */
const VERSION = 'v0.316.0';
const MODULE = 'github.com/prometheus/prometheus/cmd';
const BUILD_TIMEOUT_MS = 20 * 60_000;

const folder = join(
  process.env['TOMTE_CACHE_DIR'] ?? join(homedir(), '.cache/tomte'),
  `prometheus-${VERSION}`,
);

export interface PrometheusPrograms {
  readonly prometheus: string;
  readonly promtool: string;
}

/** A real Prometheus, built from its module where it is not there yet (some minutes), or why it cannot be. */
export async function findPrometheusPrograms(): Promise<PrometheusPrograms | string> {
  const programs = { prometheus: join(folder, 'prometheus'), promtool: join(folder, 'promtool') };
  if (existsSync(programs.prometheus) && existsSync(programs.promtool)) return programs;
  const run = promisify(execFile);
  try {
    await run('go', ['version']);
  } catch {
    return 'Go, from which Prometheus is built, is not installed';
  }
  const building = `${folder}.${process.pid}`;
  mkdirSync(building, { recursive: true });
  try {
    // Without service discovery, which is most of it and reads no query.
    const args = ['install', '-trimpath', '-tags', 'remove_all_sd', '-ldflags', '-s -w'];
    const packages = ['prometheus', 'promtool'].map((name) => `${MODULE}/${name}@${VERSION}`);
    const env = { ...process.env, CGO_ENABLED: '0', GOBIN: building };
    await run('go', [...args, ...packages], { env, timeout: BUILD_TIMEOUT_MS });
    if (!existsSync(programs.prometheus)) await rename(building, folder);
    return programs;
  } catch (thrown) {
    return `Prometheus could not be built: ${String(thrown).slice(0, 500)}`;
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}
