import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import {
  checkout,
  findCommand,
  hasBtf,
  isKernelAtLeast,
  isLinux,
  isMounted,
  isRoot,
  kernelRelease,
} from './machine.mjs';
import { run } from './command.mjs';
import { SetupProblem } from './problem.mjs';

const bpfFolder = join(checkout, 'bpf');
const makeArguments = ['-C', bpfFolder, `ARCH=${process.arch === 'arm64' ? 'arm64' : 'x86_64'}`];

const mounts = [
  { folder: '/sys/kernel/tracing', type: 'tracefs' },
  { folder: '/sys/fs/bpf', type: 'bpf' },
];

/** What keeps this machine from capturing live, each with facts and remedy; empty when nothing does. */
export function liveProblems() {
  const problem = (code, facts, remedy) => new SetupProblem('machine', code, facts, remedy);
  if (!isLinux())
    return [
      problem(
        'SETUP_NOT_LINUX',
        `this is ${process.platform}; eBPF is a part of the Linux kernel`,
        'Capture on a Linux machine.',
      ),
    ];
  const problems = [];
  if (!isKernelAtLeast(5, 15))
    problems.push(
      problem(
        'SETUP_KERNEL_OLD',
        `kernel ${kernelRelease()} is older than our programs need (docs/adr/0006-kernel-floor.md)`,
        'Use kernel 5.15 or newer.',
      ),
    );
  if (!hasBtf())
    problems.push(
      problem(
        'SETUP_BTF_MISSING',
        `kernel ${kernelRelease()} exposes no /sys/kernel/btf/vmlinux`,
        'Use a kernel built with CONFIG_DEBUG_INFO_BTF=y.',
      ),
    );
  if (!isRoot())
    problems.push(
      problem(
        'SETUP_NOT_ROOT',
        `user id ${String(process.getuid?.())} may not load BPF programs`,
        'Run the same command as root.',
      ),
    );
  return problems;
}

/** Whether make would build something; `make -q` answers 1 for that. */
export function areObjectsStale() {
  const isBuildable = findCommand('make') !== undefined && findCommand('clang') !== undefined;
  if (!isBuildable || !existsSync(join(bpfFolder, 'Makefile'))) return false;
  return spawnSync('make', ['-q', '-s', ...makeArguments], { stdio: 'ignore' }).status !== 0;
}

export async function buildObjects() {
  if (await run('make', ['-j2', ...makeArguments])) return;
  throw new SetupProblem(
    'failure',
    'SETUP_BPF_BUILD_FAILED',
    'make could not build the BPF objects',
    'Mend what the lines above say, then run `make -C bpf`.',
  );
}

/** The pseudo file systems that loading and attaching need and that are not mounted. */
export function missingMounts() {
  if (!isLinux() || !isRoot()) return [];
  return mounts.filter(({ folder, type }) => existsSync(folder) && !isMounted(folder, type));
}

export async function mountAll(missing) {
  for (const { folder, type } of missing) {
    if (await run('mount', ['-t', type, type, folder])) continue;
    throw new SetupProblem(
      'failure',
      'SETUP_MOUNT_FAILED',
      `${type} could not be mounted on ${folder}`,
      `Mount it as root: mount -t ${type} ${type} ${folder}`,
    );
  }
}
