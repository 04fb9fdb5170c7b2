import { readdirSync } from 'node:fs';
import { type Check, failed, ok, warn } from './check.ts';
import type { ReadText } from './checks-of-system.ts';

const EVENTS = '/sys/kernel/tracing/events';

/** What the agent chooses by, as the kernel's own files tell it: also without the right to load programs. */
export function featureChecks(read: ReadText): readonly Check[] {
  const symbols = read('/proc/kallsyms') ?? '';
  const hasSymbol = (name: string): boolean =>
    symbols.includes(` ${name}\n`) || symbols.includes(` ${name}\t`);
  return [
    libbpf(libraryNames()),
    tracepoint(read, 'raw_syscalls/sys_exit', 'socket data'),
    tracepoint(read, 'sock/inet_sock_set_state', 'opening and closing of connections'),
    read('/sys/kernel/tracing/uprobe_events') === undefined
      ? warn('uprobes', 'no', 'Plaintext of TLS is not seen: the kernel needs CONFIG_UPROBE_EVENTS=y.')
      : ok('uprobes', 'yes'),
    hasSymbol('bpf_uprobe_multi_link_attach')
      ? ok('uprobe_multi', 'yes')
      : ok('uprobe_multi', 'no: one perf event a probe is used'),
    read('/sys/kernel/tracing/kprobe_events') === undefined
      ? ok('kprobes', 'no: tracepoints are used')
      : ok('kprobes', 'yes'),
    jit(read('/proc/sys/net/core/bpf_jit_enable')),
  ];
}

function tracepoint(read: ReadText, name: string, purpose: string): Check {
  if (read(`${EVENTS}/${name}/id`) !== undefined) return ok(name, 'yes');
  return failed(
    name,
    'no',
    `Needed for ${purpose}: mount tracefs as root, or use a kernel with CONFIG_FTRACE_SYSCALLS=y.`,
  );
}

function jit(text: string | undefined): Check {
  // A kernel with CONFIG_BPF_JIT_ALWAYS_ON has no interpreter, and may not show the file.
  if (text === undefined || text.trim() !== '0') return ok('bpf_jit', 'on');
  return warn(
    'bpf_jit',
    'off',
    'Programs are interpreted and cost several times more: sysctl net.core.bpf_jit_enable=1.',
  );
}

function libbpf(names: readonly string[]): Check {
  const [name] = names;
  if (name !== undefined) return ok('libbpf', name);
  return failed('libbpf', 'not installed', 'As root: apt-get install libbpf1 (npm run setup does it).');
}

const LIBRARY_FOLDERS = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'];

/** An image brings the library in a folder of its own. */
function libraryFolders(): readonly string[] {
  const own = (process.env['LD_LIBRARY_PATH'] ?? '').split(':').filter((folder) => folder !== '');
  return [...own, ...LIBRARY_FOLDERS];
}

function libraryNames(): readonly string[] {
  return libraryFolders().flatMap((folder) => {
    try {
      return readdirSync(folder).filter((name) => /^libbpf\.so\.\d+$/.test(name));
    } catch {
      return []; // Other systems have other folders.
    }
  });
}
