// Makes the machine ready: Debian packages, pnpm, Node 24, the workspace, BPF objects, mounts. Runs on Node 18, asks nothing.
import { pathToFileURL } from 'node:url';
import { installPackages, missingPackages } from './setup/debian-packages.mjs';
import { areObjectsStale, buildObjects, liveProblems, missingMounts, mountAll } from './setup/kernel.mjs';
import { isLinux } from './setup/machine.mjs';
import { withLock } from './setup/lock.mjs';
import { installPnpm, isPnpmUsable } from './setup/pnpm.mjs';
import { SetupProblem } from './setup/problem.mjs';
import { fetchHelm, isHelmMissing } from './setup/helm.mjs';
import { fetchPromtool, isPromtoolMissing } from './setup/promtool.mjs';
import { logFile, logTail, say, withProgress } from './setup/progress.mjs';
import { buildPage, isPageStale } from './setup/web-page.mjs';
import { installWorkspace, isWorkspaceFresh } from './setup/workspace.mjs';

/**
 * A step looks first and cheaply (`find`: what is to do, or undefined), then works (`work`).
 * `isLive` steps serve capture on a live kernel and are left out for a recording.
 */
const steps = [
  {
    title: 'Debian packages',
    isLive: true,
    find: () => (isLinux() ? list(missingPackages()) : undefined),
    work: installPackages,
    show: (missing) => `: ${missing.join(' ')}`,
  },
  {
    title: 'promtool',
    isLive: true,
    find: () => (isPromtoolMissing() ? true : undefined),
    work: fetchPromtool,
  },
  { title: 'Helm', isLive: true, find: () => (isHelmMissing() ? true : undefined), work: fetchHelm },
  { title: 'pnpm', find: () => (isWorkspaceFresh() || isPnpmUsable() ? undefined : true), work: installPnpm },
  { title: 'Workspace', find: () => (isWorkspaceFresh() ? undefined : true), work: installWorkspace },
  { title: 'Web page', find: () => (isPageStale() ? true : undefined), work: buildPage },
  {
    title: 'BPF objects',
    isLive: true,
    find: () => (isLinux() && areObjectsStale() ? true : undefined),
    work: buildObjects,
  },
  {
    title: 'Mounts',
    isLive: true,
    find: () => list(missingMounts()),
    work: mountAll,
    show: (missing) => `: ${missing.map((mount) => mount.folder).join(' ')}`,
  },
];

function list(items) {
  return items.length === 0 ? undefined : items;
}

/**
 * Does what is to do and says so on stderr; silent when there is nothing.
 * @param {{ isLive: boolean }} options whether live capture is wanted, or only the workspace
 * @returns {Promise<{ problems: SetupProblem[], seconds: number, workCount: number }>}
 */
export async function setUp({ isLive }) {
  const startedMs = Date.now();
  const result = await withLock(() => runSteps(isLive));
  return { ...result, seconds: (Date.now() - startedMs) / 1000 };
}

async function runSteps(isLive) {
  const problems = isLive ? liveProblems() : [];
  let workCount = 0;
  for (const [index, step] of steps.entries()) {
    if (step.isLive === true && !isLive) continue;
    const found = step.find();
    if (found === undefined) continue;
    const label = `[${index + 1}/${steps.length}] ${step.title}${step.show?.(found) ?? ''}`;
    workCount += 1;
    const problem = await runStep(label, () => step.work(found));
    if (problem !== undefined) problems.push(problem);
    if (problem?.kind === 'fatal') break;
  }
  return { problems, workCount };
}

async function runStep(label, work) {
  try {
    await withProgress(label, work);
    return undefined;
  } catch (error) {
    if (!(error instanceof SetupProblem)) throw error;
    if (error.kind !== 'machine' && error.kind !== 'minor') say(`${logTail()}\n  (all of it: ${logFile})`);
    return error;
  }
}

/** Prints each problem, and the way that remains open where live capture is not. */
export function sayProblems(problems) {
  for (const problem of problems) say(problem.toLine());
  const isWorkspaceReady = problems.every((problem) => problem.kind !== 'fatal');
  if (isWorkspaceReady && problems.some(keepsFromLive)) {
    say('The same demo runs from a recording, without any of that: npm run demo -- --recorded');
  }
}

/** Whether capture on a live kernel cannot be had with this problem. */
export function keepsFromLive(problem) {
  return problem.kind !== 'minor';
}

/** `npm run setup`: 0 when the workspace is ready, even if the machine cannot capture live; 1 when a step failed. */
async function main() {
  const { problems, seconds, workCount } = await setUp({ isLive: true });
  sayProblems(problems);
  const hasFailed = problems.some((problem) => problem.kind === 'failure' || problem.kind === 'fatal');
  const reach = !problems.some(keepsFromLive) ? '' : ', for everything but live capture';
  if (!hasFailed) say(`${workCount === 0 ? 'Nothing to do' : 'Ready'}${reach}, ${seconds.toFixed(1)} s.`);
  process.exitCode = hasFailed ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
