import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command.mjs';
import { findCommand, toolsFolder } from './machine.mjs';
import { SetupProblem } from './problem.mjs';

const binFolder = join(toolsFolder, 'bin');
const scratch = join(toolsFolder, 'prometheus');

export function isPromtoolMissing() {
  return findCommand('apt-get') !== undefined && findCommand('promtool', [binFolder]) === undefined;
}

/** Takes the one program out of Debian's package: installed whole, it would start a Prometheus at the next boot. */
export async function fetchPromtool() {
  mkdirSync(scratch, { recursive: true });
  mkdirSync(binFolder, { recursive: true });
  try {
    if (!(await run('sh', ['-c', 'cd "$0" && apt-get download -q prometheus', scratch]))) throw failed();
    const [name] = readdirSync(scratch).filter((file) => file.endsWith('.deb'));
    const isUnpacked =
      name !== undefined && (await run('dpkg-deb', ['--extract', join(scratch, name), scratch]));
    const program = join(scratch, 'usr/bin/promtool');
    if (!isUnpacked || !(await run('mv', [program, binFolder]))) throw failed();
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function failed() {
  return new SetupProblem(
    'minor',
    'SETUP_PROMTOOL_MISSING',
    'apt-get could not fetch promtool, with which the form of metrics is checked',
    'Put a promtool on the PATH, or do without: one test is left out.',
  );
}
