import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout, findNode, nodePackageFolder, toolsFolder } from './machine.mjs';
import { run } from './command.mjs';
import { findPnpm } from './pnpm.mjs';
import { SetupProblem } from './problem.mjs';

const stampFile = join(toolsFolder, 'workspace.stamp');

/** Whether the workspace was installed from exactly the manifests that are here now. */
export function isWorkspaceFresh() {
  if (findNode() === undefined || !existsSync(join(checkout, 'node_modules/.modules.yaml'))) return false;
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === workspaceKey();
}

/** Installs what the lock file names. The FFI addon is compiled against the headers that came with Node 24. */
export async function installWorkspace() {
  const pnpm = findPnpm();
  const args = [
    'install',
    '--frozen-lockfile',
    '--reporter=append-only',
    '--config.confirm-modules-purge=false',
  ];
  const isInstalled =
    pnpm !== undefined && (await run(pnpm, args, { npm_config_nodedir: nodePackageFolder }));
  if (!isInstalled) {
    throw new SetupProblem(
      'fatal',
      'SETUP_INSTALL_FAILED',
      'pnpm could not install the workspace',
      'Mend what the lines above say (registry, disk, make and g++ and python3), then run `npm run setup` again.',
    );
  }
  if (findNode() === undefined) {
    throw new SetupProblem(
      'fatal',
      'SETUP_NODE_MISSING',
      `no Node 24 comes from npm for ${process.platform}-${process.arch}, and this is Node ${process.versions.node}`,
      'Install Node 24 or newer and run `npm run setup` with it.',
    );
  }
  writeNodeLauncher();
  writeFileSync(stampFile, workspaceKey());
}

/** pnpm's launcher of a binary stays between a signal and the program; this one becomes the program. */
function writeNodeLauncher() {
  if (!existsSync(nodePackageFolder)) return;
  const launcher = join(checkout, 'node_modules/.bin/node');
  writeFileSync(
    launcher,
    `#!/bin/sh\nexec "\${0%/*}/../node-${process.platform}-${process.arch}/bin/node" "$@"\n`,
  );
  chmodSync(launcher, 0o755);
}

function workspaceKey() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  for (const file of manifests()) hash.update(file).update(readFileSync(join(checkout, file)));
  return hash.digest('hex');
}

function manifests() {
  const members = readdirSync(join(checkout, 'packages')).map((name) => `packages/${name}`);
  const folders = ['.', ...members, 'bpf', 'e2e', 'bench', 'deploy'];
  const files = folders
    .map((folder) => `${folder}/package.json`)
    .filter((file) => existsSync(join(checkout, file)));
  return ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...files];
}
