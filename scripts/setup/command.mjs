import { spawn, spawnSync } from 'node:child_process';
import { appendLog } from './progress.mjs';
import { checkout } from './machine.mjs';

/** npm describes its own run in these; pnpm would read some of them as its own settings. */
const NPM_NOISE =
  /^npm_(package|lifecycle|command|execpath|node_execpath|config_(prefix|global_prefix|local_prefix|user_agent))/;

/** The environment for a tool: npm's own variables left out, nothing interactive, plus `more`. */
function toolEnvironment(more = {}) {
  const kept = Object.entries(process.env).filter(([name]) => !NPM_NOISE.test(name));
  return { ...Object.fromEntries(kept), CI: 'true', DEBIAN_FRONTEND: 'noninteractive', ...more };
}

/**
 * Runs a command with its output in the log.
 * @returns {Promise<boolean>} whether it ended with 0
 */
export function run(command, args, more = {}) {
  appendLog(`\n$ ${[command, ...args].join(' ')}\n`);
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: checkout,
      env: toolEnvironment(more),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.on('data', (chunk) => appendLog(chunk));
    child.stderr.on('data', (chunk) => appendLog(chunk));
    child.on('error', (error) => {
      appendLog(`${error.message}\n`);
      resolve(false);
    });
    child.on('close', (exitCode) => resolve(exitCode === 0));
  });
}

/** What a quick command prints, trimmed; undefined when it fails. */
export function read(command, args) {
  const result = spawnSync(command, args, { cwd: checkout, env: toolEnvironment(), encoding: 'utf8' });
  return result.status === 0 ? result.stdout.trim() : undefined;
}
