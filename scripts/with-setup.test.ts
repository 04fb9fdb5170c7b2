import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const MAIN = `
const say = () => console.log(JSON.stringify({ args: process.argv.slice(2), seconds: Number(process.env.TOMTE_SETUP_SECONDS) }));
if (process.argv.includes('--wait')) {
  process.on('SIGTERM', () => { console.log('ended in good order'); process.exit(7); });
  setInterval(() => {}, 1000);
} else process.exitCode = 3;
say();
`;

/** Stands for pnpm: it has a version, and an install leaves the file by which set-up knows it. */
const PNPM = `#!/bin/sh
[ "$1" = --version ] && echo 10.0.0 && exit 0
echo "$@" >> pnpm-runs
mkdir -p node_modules && : > node_modules/.modules.yaml
`;

const checkout = mkdtempSync(join(tmpdir(), 'tomte-setup-'));
const withSetup = join(checkout, 'scripts/with-setup.mjs');
const env = { ...process.env, PATH: `${checkout}/bin:${process.env['PATH'] ?? ''}` };

/** A checkout in which nothing is installed, with a program that says how it was started. */
beforeAll(() => {
  cpSync(import.meta.dirname, join(checkout, 'scripts'), { recursive: true });
  for (const folder of ['packages/tomte/bin', 'bin']) mkdirSync(join(checkout, folder), { recursive: true });
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) writeFileSync(join(checkout, file), '');
  writeFileSync(join(checkout, 'package.json'), '{"type":"module"}');
  writeFileSync(join(checkout, 'packages/tomte/bin/tomte.mjs'), MAIN);
  writeFileSync(join(checkout, 'bin/pnpm'), PNPM, { mode: 0o755 });
});

afterAll(() => rmSync(checkout, { recursive: true, force: true }));

describe('with-setup', () => {
  const args = [withSetup, 'demo', '--recorded', '--json'];

  it('installs what is missing, and says so on stderr only', () => {
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
    expect(stderr).toMatch(/^\[\d\/\d\] Workspace …\n.* done, [\d.]+ s\n$/);
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(readFileSync(join(checkout, 'pnpm-runs'), 'utf8')).toMatch(/^install --frozen-lockfile/);
  });

  it('is silent the next time, and starts the program with its arguments', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
    expect(stderr).toBe('');
    const said = JSON.parse(stdout) as { args: string[]; seconds: number };
    expect(said.args).toEqual(['demo', '--recorded', '--json']);
    expect(said.seconds).toBeLessThan(3);
    expect(status).toBe(3);
  });

  it('passes a signal on and ends with the exit code of the program', async () => {
    const child = spawn(process.execPath, [withSetup, 'demo', '--recorded', '--wait'], { env });
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      if (stdout.includes('args')) child.kill('SIGTERM');
    });
    const exitCode = await new Promise((resolve) => child.on('close', resolve));
    expect(stdout).toContain('ended in good order');
    expect(exitCode).toBe(7);
  });

  it('refuses a verb that it does not know', () => {
    const { status, stderr } = spawnSync(process.execPath, [withSetup, 'dmeo'], { encoding: 'utf8' });
    expect(stderr).toBe('SETUP_VERB_UNKNOWN: no verb "dmeo". Use one of: demo test tomte images.\n');
    expect(status).toBe(2);
  });
});
