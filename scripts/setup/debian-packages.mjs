import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { findCommand, isRoot } from './machine.mjs';
import { run } from './command.mjs';
import { SetupProblem } from './problem.mjs';

/** Package → a command that it brings, by which it is looked for where there is no dpkg. */
const buildAndTestPackages = {
  clang: 'clang',
  llvm: 'llvm-strip',
  'libbpf-dev': undefined,
  bpftool: 'bpftool',
  nginx: 'nginx',
  wrk: 'wrk',
  tshark: 'tshark',
  strace: 'strace',
  binutils: 'objdump',
  curl: 'curl',
  python3: 'python3',
  make: 'make',
  'g++': 'g++',
  'clang-format': 'clang-format',
  bpftrace: 'bpftrace',
  gdb: 'gdb',
  procps: 'ps',
  iproute2: 'ip',
  chromium: 'chromium',
  zsh: 'zsh',
  fish: 'fish',
};

/** What a kind cluster without a registry needs beside them; big, so that only `pnpm e2e up` asks for them. */
export const clusterPackages = {
  'docker.io': 'dockerd',
  debootstrap: 'debootstrap',
  'debian-archive-keyring': undefined,
  unzip: 'unzip',
  gcc: 'gcc',
  'libc6-dev': undefined,
  curl: 'curl',
  iproute2: 'ip',
  nftables: 'nft',
  iptables: 'iptables',
  conntrack: 'conntrack',
};

/** The part of them that is needed where a Docker and a registry answer. */
export const workloadPackages = {
  debootstrap: 'debootstrap',
  'debian-archive-keyring': undefined,
  unzip: 'unzip',
  iproute2: 'ip',
};

const POLICY_FILE = '/usr/sbin/policy-rc.d';
const SYSTEM_FOLDERS = ['/usr/sbin', '/sbin'];

/** Packages that are missing here, by dpkg's word where there is a dpkg. */
export function missingPackages(packages = buildAndTestPackages) {
  const names = Object.keys(packages);
  if (findCommand('dpkg-query') === undefined) {
    return names.filter((name) => isCommandMissing(packages[name]));
  }
  const query = spawnSync('dpkg-query', ['-W', '-f=${Package} ${db:Status-Status}\\n', ...names], {
    encoding: 'utf8',
  });
  const installed = new Set(
    query.stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return names.filter((name) => !installed.has(name));
}

function isCommandMissing(command) {
  return command !== undefined && findCommand(command, SYSTEM_FOLDERS) === undefined;
}

/** Installs them; reports what stops it as a problem of the machine. */
export async function installPackages(missing) {
  const list = missing.join(' ');
  if (findCommand('apt-get') === undefined) {
    throw new SetupProblem(
      'machine',
      'SETUP_NOT_DEBIAN',
      `no apt-get here, and these are missing: ${list}`,
      "Install them with the system's own package manager.",
    );
  }
  if (!isRoot()) {
    throw new SetupProblem(
      'machine',
      'SETUP_PACKAGES_MISSING',
      `not root, and these Debian packages are missing: ${list}`,
      `Run as root: apt-get install --no-install-recommends ${list}`,
    );
  }
  await withServicesHeldBack(() => aptInstall(missing));
}

async function aptInstall(missing) {
  const apt = ['-y', '-q', '-o', 'DPkg::Lock::Timeout=300'];
  await run('apt-get', ['update', ...apt]); // A stale list may still serve: the install decides.
  if (await run('apt-get', ['install', ...apt, '--no-install-recommends', ...missing])) return;
  throw new SetupProblem(
    'failure',
    'SETUP_APT_FAILED',
    `apt-get could not install ${missing.join(' ')}`,
    'Mend what the lines above say, then run `npm run setup` again.',
  );
}

/** Debian starts a service when it is installed; nobody asked for a web server on port 80. */
async function withServicesHeldBack(work) {
  if (existsSync(POLICY_FILE)) return work();
  writeFileSync(
    POLICY_FILE,
    '#!/bin/sh\n# Made by the set-up of Tomte while it installs packages; may be deleted.\nexit 101\n',
    { mode: 0o755 },
  );
  const remove = () => rmSync(POLICY_FILE, { force: true });
  process.once('exit', remove);
  try {
    await work();
  } finally {
    remove();
    process.removeListener('exit', remove);
  }
}
