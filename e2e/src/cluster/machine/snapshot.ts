import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { attempt } from '../command.ts';
import { places } from '../places.ts';

/** What a cluster could leave behind, by kind; each list in a fixed order. */
export type Snapshot = Readonly<Record<string, readonly string[]>>;

/** Settings whose values change by themselves. */
const restless =
  /^(fs\/(aio-nr|dentry-state|file-nr|inode-nr|inode-state|quota\/.*)|kernel\/(ns_last_pid|random\/.*|pty\/nr|sched_domain\/.*|perf_event_max_sample_rate)|net\/netfilter\/nf_conntrack_count|net\/ipv4\/conf\/.*|net\/ipv6\/conf\/.*|net\/ipv[46]\/neigh\/.*|net\/mptcp\/.*)$/;
const conf = /^net\/ipv[46]\/conf\/(all|default)\//;
const folders = ['/run', '/etc/docker', '/etc/cni', '/etc/kubernetes', '/opt/cni', '/var/lib/cni'];
const services = ['/var/lib/docker', '/var/lib/containerd', '/var/lib/kubelet', '/var/run/docker.sock'];

export async function takeSnapshot(): Promise<Snapshot> {
  return {
    processes: processes(),
    mounts: mounts(),
    'network links': listed('/sys/class/net'),
    'network namespaces': networkNamespaces(),
    routes: await lines('ip', ['route', 'show', 'table', 'all']),
    'firewall rules': await lines('nft', ['list', 'ruleset']),
    cgroups: await lines('find', ['/sys/fs/cgroup', '-type', 'd']),
    settings: settings('/proc/sys'),
    'BPF programs': await bpfObjects('prog'),
    'BPF links': await bpfObjects('link'),
    files: [...folders, ...services].flatMap((folder) => listed(folder).map((name) => join(folder, name))),
  };
}

/** What is there now and was not, and what was and is not, one line each. */
export function compareSnapshots(before: Snapshot, after: Snapshot): readonly string[] {
  return Object.keys(before).flatMap((kind) => {
    const was = new Set(before[kind]);
    const is = new Set(after[kind]);
    const come = [...is].filter((line) => !was.has(line)).map((line) => `left in ${kind}: ${line}`);
    const gone = [...was].filter((line) => !is.has(line)).map((line) => `missing in ${kind}: ${line}`);
    return [...come, ...gone];
  });
}

/** Of a container engine or of our folders; the others on this machine come and go. */
function processes(): string[] {
  return eachProcess((pid) => {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    const cgroup = readFileSync(`/proc/${pid}/cgroup`, 'utf8');
    const isOurs = [places.state, places.dockerData, places.work].some((folder) => command.includes(folder));
    return isOurs || /\/(docker|kubelet)/.test(cgroup) ? [`${pid} ${command}`] : [];
  });
}

function networkNamespaces(): string[] {
  return [...new Set(eachProcess((pid) => [readlinkSync(`/proc/${pid}/ns/net`)]))].sort();
}

function eachProcess(look: (pid: string) => string[]): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.flatMap((pid) => {
    try {
      return look(pid);
    } catch {
      return []; // It ended meanwhile.
    }
  });
}

function mounts(): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .sort();
}

function settings(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return settings(path);
    const name = path.slice('/proc/sys/'.length);
    if (restless.test(name) && !conf.test(name)) return [];
    try {
      return [`${name} = ${readFileSync(path, 'utf8').trim()}`];
    } catch {
      return []; // May only be written.
    }
  });
}

async function bpfObjects(kind: string): Promise<string[]> {
  const { stdout } = await attempt('bpftool', ['-j', kind, 'show']);
  const objects = JSON.parse(stdout === '' ? '[]' : stdout) as readonly {
    readonly id: number;
    readonly name?: string;
  }[]; // Proof: bpftool's own.
  return objects.map(({ id, name = '' }) => `${id} ${name}`);
}

async function lines(command: string, args: readonly string[]): Promise<string[]> {
  return (await attempt(command, args)).stdout.split('\n').filter((line) => line.trim() !== '');
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
