// `with-setup.mjs demo|test|tomte|images …`: set-up first, then the program under Node 24. Runs on Node 18.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { constants } from 'node:os';
import { checkout, findNode, toolsFolder } from './setup/machine.mjs';
import { say } from './setup/progress.mjs';
import { keepsFromLive, sayProblems, setUp } from './setup.mjs';

/** Where nginx and bpftool are; not on everybody's PATH. */
const SYSTEM_FOLDERS = '/usr/local/sbin:/usr/sbin:/sbin';
const ORPHAN_POLL_MS = 500;
const tomte = 'packages/tomte/bin/tomte.mjs';

/** Verb → the program and its arguments, and which problems of the machine keep it from starting. */
const verbs = {
  demo: { program: (rest) => [tomte, 'demo', ...rest], needsLive: (rest) => !rest.includes('--recorded') },
  test: { program: (rest) => ['scripts/test.ts', ...rest], needsLive: () => false },
  tomte: { program: (rest) => [tomte, ...rest], needsLive: () => false },
  images: { program: (rest) => ['deploy/build-image.ts', ...rest], needsLive: () => false },
};

async function main([name, ...rest]) {
  const verb = verbs[name];
  if (verb === undefined) return refuse(name);
  const isRecorded = name === 'demo' && !verb.needsLive(rest);
  const { problems, seconds } = await setUp({ isLive: !isRecorded });
  if (name !== 'tomte' || problems.some((problem) => problem.kind === 'failure' || problem.kind === 'fatal'))
    sayProblems(problems);
  const isBlocked =
    problems.some((problem) => problem.kind === 'fatal') ||
    (verb.needsLive(rest) && problems.some(keepsFromLive));
  return isBlocked ? 1 : start(verb.program(rest), seconds);
}

function refuse(name) {
  say(`SETUP_VERB_UNKNOWN: no verb "${name ?? ''}". Use one of: ${Object.keys(verbs).join(' ')}.`);
  return 2;
}

/** Runs the program with this one's terminal and signals; resolves to its exit code (128 + n after signal n). */
function start(args, seconds) {
  const path = [process.env.PATH, SYSTEM_FOLDERS, join(toolsFolder, 'bin')].join(delimiter);
  const env = { ...process.env, PATH: path, TOMTE_SETUP_SECONDS: seconds.toFixed(3) };
  const [program, ...rest] = args;
  const child = spawn(findNode(), [join(checkout, program), ...rest], {
    cwd: process.cwd(),
    env,
    stdio: 'inherit',
  });
  forwardSignals(child);
  const orphanPoll = followParents(child);
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(failToStart(error)));
    child.on('exit', (exitCode, signal) => {
      clearInterval(orphanPoll);
      resolve(exitCode ?? 128 + constants.signals[signal]);
    });
  });
}

function failToStart(error) {
  say(`SETUP_START_FAILED: ${error.message}. Run \`npm run setup\` and try again.`);
  return 1;
}

/** A terminal's Ctrl-C reaches the whole group, so that it is passed on only where no terminal is. */
function forwardSignals(child) {
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT']) {
    const isFromTerminal = signal === 'SIGINT' && (process.stdin.isTTY || process.stderr.isTTY);
    process.on(signal, () => {
      if (!isFromTerminal) child.kill(signal);
    });
  }
}

/** npm or its shell may die of a signal without passing it on: then the program is told. */
function followParents(child) {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  const shell = process.ppid;
  const npm = parentOf(shell);
  return setInterval(() => {
    if (process.ppid !== shell || parentOf(shell) !== npm) child.kill('SIGTERM');
  }, ORPHAN_POLL_MS);
}

/** The parent's process id, from /proc; undefined where there is none. */
function parentOf(pid) {
  try {
    return /^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}

process.exitCode = await main(process.argv.slice(2));
