import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toolsFolder } from './machine.mjs';

const REMINDER_MS = 10_000;
const TAIL_LINES = 25;

/** Noisy commands write here; the end of it is shown when one fails. */
export const logFile = join(toolsFolder, 'setup.log');

/** Everything for people goes to stderr: stdout belongs to the program that is started afterwards. */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

let isLogStarted = false;

/** Adds to the log; the first text of a run replaces the log of the run before. */
export function appendLog(text) {
  if (!isLogStarted) {
    mkdirSync(toolsFolder, { recursive: true });
    writeFileSync(logFile, '');
  }
  isLogStarted = true;
  appendFileSync(logFile, text);
}

export function logTail() {
  if (!isLogStarted) return '';
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n');
  return lines
    .slice(-TAIL_LINES)
    .map((line) => `    ${line}`)
    .join('\n');
}

/** Runs `work` under a line such as `[2/6] Debian packages: clang llvm … 12 s`, with a reminder while it lasts. */
export async function withProgress(label, work) {
  const startedMs = Date.now();
  const elapsed = () => `${((Date.now() - startedMs) / 1000).toFixed(1)} s`;
  say(`${label} …`);
  const reminder = setInterval(() => say(`${label} … still at work, ${elapsed()}`), REMINDER_MS);
  try {
    await work();
    say(`${label} … done, ${elapsed()}`);
  } catch (error) {
    say(`${label} … failed, ${elapsed()}`);
    throw error;
  } finally {
    clearInterval(reminder);
  }
}
