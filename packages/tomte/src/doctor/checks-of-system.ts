import { existsSync, readFileSync } from 'node:fs';
import { arch, platform, release } from 'node:os';
import { type Check, failed, info, ok, warn } from './check.ts';

/** Reads files of /proc and /sys; undefined where there is none. */
export type ReadText = (path: string) => string | undefined;

export const readSystemText: ReadText = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // Absent or forbidden: both are answers that a check words itself.
  }
};

/** What the kernel, the mounts and the rights of this process allow. */
export function systemChecks(read: ReadText): readonly Check[] {
  if (platform() !== 'linux') {
    return [
      failed('system', platform(), 'eBPF is part of Linux: capture there, or replay a recording here.'),
    ];
  }
  return [
    kernel(release()),
    info('architecture', arch()),
    btf(existsSync('/sys/kernel/btf/vmlinux')),
    lockdown(read('/sys/kernel/security/lockdown')),
    ...capabilities(read('/proc/self/status') ?? '', { hasUprobeMulti: hasUprobeMulti(read) }),
    perfEventParanoid(read('/proc/sys/kernel/perf_event_paranoid'), { hasUprobeMulti: hasUprobeMulti(read) }),
    unprivilegedBpf(read('/proc/sys/kernel/unprivileged_bpf_disabled')),
    bpfStats(read('/proc/sys/kernel/bpf_stats_enabled')),
    cgroups(read('/proc/self/mounts') ?? ''),
    pidNamespace(read('/proc/self/status') ?? ''),
    mounted(read('/proc/self/mounts') ?? '', 'tracefs', '/sys/kernel/tracing'),
  ];
}

export function kernel(version: string): Check {
  const [major = 0, minor = 0] = version.split(/[.-]/).map(Number);
  const isNewEnough = major > 5 || (major === 5 && minor >= 15);
  if (isNewEnough) return ok('kernel', version);
  return failed('kernel', version, 'Use kernel 5.15 or newer: our programs need attach cookies.');
}

function btf(isThere: boolean): Check {
  if (isThere) return ok('btf', '/sys/kernel/btf/vmlinux');
  return failed('btf', 'none', 'Use a kernel built with CONFIG_DEBUG_INFO_BTF=y.');
}

export function lockdown(text: string | undefined): Check {
  const mode = /\[(\w+)\]/.exec(text ?? '')?.[1];
  if (mode === undefined) return info('lockdown', 'not built in');
  if (mode === 'none') return ok('lockdown', mode);
  if (mode === 'integrity')
    return warn('lockdown', mode, 'kprobes may be refused; tracepoints are used instead.');
  return failed(
    'lockdown',
    mode,
    'Confidentiality mode forbids reading with BPF: boot with lockdown=integrity or none.',
  );
}

/** Bits of include/uapi/linux/capability.h, and what each is needed for. */
const needed: readonly (readonly [string, number, string])[] = [
  ['CAP_BPF', 39, 'load programs'],
  ['CAP_PERFMON', 38, 'attach them'],
  ['CAP_SYS_PTRACE', 19, 'see the executables and libraries of other users'],
  ['CAP_DAC_READ_SEARCH', 2, 'read libraries in containers'],
];

const ADMIN_BIT = 21;
/** For the chart's users the same key answers both lacks. */
const GRANT_ADMIN = 'grant CAP_SYS_ADMIN (chart: agent.legacyKernel=true)';

interface UprobeWays {
  /** Kernel 6.6 or newer: probes of libraries by one link, without perf events. */
  readonly hasUprobeMulti: boolean;
}

function hasUprobeMulti(read: ReadText): boolean {
  return /\sbpf_uprobe_multi_link_attach\s/.test(read('/proc/kallsyms') ?? '');
}

export function capabilities(status: string, ways: UprobeWays): readonly Check[] {
  const digits = /^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1];
  if (digits === undefined) return [warn('capabilities', 'unknown', 'Mount /proc.')];
  const effective = BigInt(`0x${digits}`);
  const has = (bit: number): boolean => ((effective >> BigInt(bit)) & 1n) === 1n;
  return [...needed.map(each), admin()];

  function each([name, bit, purpose]: (typeof needed)[number]): Check {
    if (has(bit)) return ok(name, 'yes');
    const isEssential = (name === 'CAP_BPF' || name === 'CAP_PERFMON') && !has(ADMIN_BIT);
    const remedy = `Needed to ${purpose}: run as root, or grant ${name}.`;
    return isEssential ? failed(name, 'no', remedy) : warn(name, 'no', remedy);
  }

  function admin(): Check {
    if (has(ADMIN_BIT)) return ok('CAP_SYS_ADMIN', 'yes');
    if (ways.hasUprobeMulti) return info('CAP_SYS_ADMIN', 'no: not needed with this kernel');
    const remedy = `Probes of TLS libraries go by perf events before kernel 6.6: ${GRANT_ADMIN}.`;
    return warn('CAP_SYS_ADMIN', 'no', remedy);
  }
}

/** Debian and Ubuntu know values above 2, at which perf events are for CAP_SYS_ADMIN alone. */
export function perfEventParanoid(text: string | undefined, ways: UprobeWays): Check {
  const value = text?.trim() ?? 'unknown';
  if (!(Number(value) > 2)) return ok('perf_event_paranoid', value);
  if (ways.hasUprobeMulti)
    return ok('perf_event_paranoid', `${value}: no probe of ours goes by perf events here`);
  const remedy = `Perf events may be refused: sysctl kernel.perf_event_paranoid=2, or ${GRANT_ADMIN}.`;
  return warn('perf_event_paranoid', value, remedy);
}

function unprivilegedBpf(text: string | undefined): Check {
  const meanings: Readonly<Record<string, string>> = { '0': 'allowed', '1': 'off for good', '2': 'off' };
  const value = text?.trim() ?? 'unknown';
  return info('unprivileged_bpf', meanings[value] ?? value);
}

function bpfStats(text: string | undefined): Check {
  return info('bpf_stats', text?.trim() === '1' ? 'on (costs time in every program)' : 'off');
}

export function cgroups(mounts: string): Check {
  const hasV2 = /^\S+ \S+ cgroup2 /m.test(mounts);
  const hasV1 = /^\S+ \S+ cgroup /m.test(mounts);
  if (hasV1 && hasV2) return ok('cgroups', 'hybrid (v1 and v2)');
  if (hasV2) return ok('cgroups', 'v2');
  if (hasV1) return ok('cgroups', 'v1');
  return warn('cgroups', 'none mounted', 'Containers cannot be told apart: mount cgroup2 on /sys/fs/cgroup.');
}

/** More than one number in NSpid: this process lives in a pid namespace below the first. */
export function pidNamespace(status: string): Check {
  const levels = /^NSpid:\s*(.*)$/m.exec(status)?.[1]?.trim().split(/\s+/).length ?? 1;
  if (levels === 1) return ok('pid_namespace', 'the one of this /proc');
  return warn(
    'pid_namespace',
    `${levels} levels deep`,
    'Processes outside are not seen: use the host pid namespace.',
  );
}

export function mounted(mounts: string, type: string, path: string): Check {
  const at = mounts
    .split('\n')
    .find((line) => line.split(' ')[2] === type)
    ?.split(' ')[1];
  if (at !== undefined) return ok(type, at);
  return failed(type, 'not mounted', `As root: mount -t ${type} ${type} ${path} (npm run setup does it).`);
}
