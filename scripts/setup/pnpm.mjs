import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkout, findCommand, isWritable, toolsFolder } from './machine.mjs';
import { read, run } from './command.mjs';
import { SetupProblem } from './problem.mjs';

const userBinFolder = join(homedir(), '.local', 'bin');

/** Where a pnpm of ours may be although PATH does not say so. */
const pnpmFolders = [join(toolsFolder, 'bin'), userBinFolder];

export function findPnpm() {
  return findCommand('pnpm', pnpmFolders);
}

/** A pnpm that reads this workspace; older ones do not know its settings. */
export function isPnpmUsable() {
  const path = findPnpm();
  const version = path === undefined ? undefined : read(path, ['--version']);
  return version !== undefined && Number.parseInt(version, 10) >= 10;
}

/** Installs the version that package.json names: for everybody, for the user, or inside the checkout. */
export async function installPnpm() {
  const { packageManager } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'));
  for (const prefix of prefixes()) {
    if (await run('npm', ['install', '--global', ...prefix, '--no-fund', '--no-audit', packageManager]))
      return;
  }
  throw new SetupProblem(
    'fatal',
    'SETUP_PNPM_FAILED',
    `npm could not install ${packageManager}`,
    'Mend what the lines above say (is the registry reachable?), then run `npm run setup` again.',
  );
}

function prefixes() {
  const globalFolder = read('npm', ['prefix', '--global']);
  const isGlobalOpen =
    globalFolder !== undefined &&
    isWritable(join(globalFolder, 'lib')) &&
    isOnPath(join(globalFolder, 'bin'));
  const candidates = [];
  if (isGlobalOpen) candidates.push([]);
  if (isOnPath(userBinFolder)) candidates.push(['--prefix', dirname(userBinFolder)]);
  candidates.push(['--prefix', toolsFolder]);
  return candidates;
}

function isOnPath(folder) {
  return (process.env.PATH ?? '').split(':').includes(folder);
}
