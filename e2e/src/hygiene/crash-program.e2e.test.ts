import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { descendantsOf, isRunning } from '../harness/processes.ts';
import { until } from '../harness/until.ts';
import { heldBy, stillThere } from './kernel-objects.ts';

const program = fileURLToPath(new URL('../crash/main.ts', import.meta.url));
/** As a shell counts a signal. */
const EXIT_INTERRUPTED = 130;
/** To the first kill a feed starts everything, and to its end everything is stopped. */
const PATIENCE_MS = 60_000;

class CrashProgram {
  readonly #child: ChildProcess;
  readonly ended: Promise<number | null>;
  #said = '';

  constructor(feed: string, folder: string) {
    const args = [program, '--kills', '97', '--feed', feed, '--no-counter-proof'];
    this.#child = spawn(process.execPath, args, {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, TMPDIR: folder },
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#said += text));
    this.ended = new Promise((resolve) => this.#child.once('exit', resolve));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async says(pattern: RegExp): Promise<void> {
    expect(
      await until(
        () => this.#said,
        (said) => pattern.test(said),
        PATIENCE_MS,
      ),
    ).toMatch(pattern);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}

function mounts(): string {
  return readFileSync('/proc/self/mountinfo', 'utf8');
}

async function untilNone<T>(look: () => readonly T[]): Promise<readonly T[]> {
  return until(look, (left) => left.length === 0, PATIENCE_MS);
}

it.each(['live', 'recording'])(
  'the crash program itself is killed in its feed %s: nothing of it stays, its files go at the next start',
  async (feed) => {
    const folder = mkdtempSync(join(tmpdir(), 'tomte-e2e-crash-'));
    const mountsBefore = mounts();
    const killed = new CrashProgram(feed, folder);
    onTestFinished(async () => {
      killed.kill('SIGKILL');
      await killed.ended;
      rmSync(folder, { recursive: true, force: true });
    });
    await killed.says(/kill 2: /);
    const processes = [killed.pid, ...descendantsOf(killed.pid)];
    expect(processes.length).toBeGreaterThan(5);
    const held = new Set(processes.filter(isRunning).flatMap((pid) => [...heldBy(pid)]));
    expect(held.size).toBeGreaterThan(5);

    killed.kill('SIGKILL');
    await killed.ended;
    expect(await untilNone(() => processes.filter(isRunning))).toEqual([]);
    expect(await untilNone(() => stillThere(held))).toEqual([]);
    expect(mounts()).toBe(mountsBefore);
    const left = readdirSync(folder);
    expect(left).not.toEqual([]);

    const next = new CrashProgram(feed, folder);
    await next.says(/feed .*: 97 kills/);
    expect(readdirSync(folder).filter((name) => left.includes(name))).toEqual([]);
    next.kill('SIGTERM');
    expect(await next.ended).toBe(EXIT_INTERRUPTED);
    expect(readdirSync(folder)).toEqual([]);
  },
);
