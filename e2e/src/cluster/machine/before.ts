import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { attempt, run } from '../command.ts';
import { places } from '../places.ts';

const CGROUPS = '/sys/fs/cgroup';

/** Settings of the kernel that dockerd, kubelet or kube-proxy change for the whole machine. */
const settings = [
  'vm/overcommit_memory',
  'kernel/panic',
  'kernel/panic_on_oops',
  'kernel/keys/root_maxkeys',
  'kernel/keys/root_maxbytes',
  'net/ipv4/ip_forward',
  'net/ipv4/conf/all/route_localnet',
  'net/ipv4/conf/default/forwarding',
  'net/ipv4/conf/all/forwarding',
  'net/ipv6/conf/all/forwarding',
  'net/ipv6/conf/default/forwarding',
  'net/bridge/bridge-nf-call-iptables',
  'net/bridge/bridge-nf-call-ip6tables',
  'net/netfilter/nf_conntrack_max',
];

/** Folders that engines make for the whole machine. */
const folders = ['/run/containerd', '/run/docker', '/var/run/docker', '/etc/docker', '/etc/cni'];

/** How the machine was before our first dockerd. */
interface Before {
  readonly bootId: string;
  /** `family name` of each nftables table. */
  readonly tables: readonly string[];
  /** What iptables-save and ip6tables-save said; empty where there was nothing. */
  readonly rules: Readonly<Record<'iptables' | 'ip6tables', string>>;
  readonly links: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
  readonly cgroups: readonly string[];
  readonly folders: readonly string[];
}

/** Notes how the machine is, unless that was noted already: what comes later is ours. */
export async function noteBefore(): Promise<void> {
  if (existsSync(places.before)) return;
  const before: Before = {
    bootId: bootId(),
    tables: await tables(),
    rules: { iptables: await rulesOf('iptables'), ip6tables: await rulesOf('ip6tables') },
    links: links(),
    settings: Object.fromEntries(settings.flatMap((name) => valueOf(name))),
    cgroups: dockerCgroups(),
    folders: folders.filter((folder) => existsSync(folder)),
  };
  writeFileSync(places.before, JSON.stringify(before, undefined, 2));
}

/** Whether a dockerd of ours has run since the machine started. */
export function isNoted(): boolean {
  return readBefore()?.bootId === bootId();
}

/** Makes the machine as it was, once no dockerd of ours runs any more. */
export async function restoreBefore(): Promise<void> {
  const before = readBefore();
  if (before === undefined || before.bootId !== bootId()) return;
  await restoreRules(before);
  for (const link of links().filter((name) => isOurLink(name) && !before.links.includes(name))) {
    await attempt('ip', ['link', 'delete', link]);
  }
  for (const cgroup of dockerCgroups().filter((path) => !before.cgroups.includes(path))) {
    await removeCgroup(cgroup);
  }
  for (const [name, value] of Object.entries(before.settings)) restoreSetting(name, value);
  for (const folder of folders.filter((path) => !before.folders.includes(path))) await removeEmpty(folder);
}

async function restoreRules(before: Before): Promise<void> {
  for (const table of await tables()) {
    if (!before.tables.includes(table)) await attempt('nft', ['delete', 'table', ...table.split(' ')]);
  }
  for (const name of ['iptables', 'ip6tables'] as const) {
    const rules = before.rules[name];
    if (rules !== '') await run(`${name}-restore`, [], { input: rules });
  }
}

async function tables(): Promise<readonly string[]> {
  const { stdout } = await attempt('nft', ['list', 'tables']);
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('table '))
    .map((line) => line.slice('table '.length));
}

/** Asked for only where a table is, since asking makes the tables. */
async function rulesOf(name: 'iptables' | 'ip6tables'): Promise<string> {
  const family = name === 'iptables' ? 'ip ' : 'ip6 ';
  const hasTable = (await tables()).some((table) => table.startsWith(family));
  return hasTable ? (await attempt(`${name}-save`, [])).stdout : '';
}

function links(): readonly string[] {
  return readdirSync('/sys/class/net');
}

function isOurLink(name: string): boolean {
  return name === 'docker0' || name.startsWith('br-') || name.startsWith('veth');
}

/** `docker` below each hierarchy, where dockerd puts its containers. */
function dockerCgroups(): readonly string[] {
  const roots = existsSync(CGROUPS)
    ? [CGROUPS, ...readdirSync(CGROUPS).map((name) => join(CGROUPS, name))]
    : [];
  return roots.map((root) => join(root, 'docker')).filter((path) => existsSync(path));
}

async function removeCgroup(path: string): Promise<void> {
  await attempt('find', [path, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', '+']);
}

function valueOf(name: string): readonly (readonly [string, string])[] {
  try {
    return [[name, readFileSync(`/proc/sys/${name}`, 'utf8').trim()]];
  } catch {
    return []; // This kernel has it not.
  }
}

function restoreSetting(name: string, value: string): void {
  if (valueOf(name)[0]?.[1] === value) return;
  try {
    writeFileSync(`/proc/sys/${name}`, value);
  } catch {
    // It went with the module that had it.
  }
}

/** Removes a folder that holds nothing but empty folders and sockets that nobody serves any more. */
async function removeEmpty(folder: string): Promise<void> {
  await attempt('find', [folder, '-depth', '(', '-type', 's', '-o', '-type', 'd', '-empty', ')', '-delete']);
  await rmdir(folder).catch(() => undefined);
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

function readBefore(): Before | undefined {
  try {
    return JSON.parse(readFileSync(places.before, 'utf8')) as Before; // Proof: `noteBefore` wrote it.
  } catch {
    return undefined;
  }
}

/** A state that an earlier boot left behind describes nothing that still is. */
export async function forgetEarlierBoot(): Promise<void> {
  if (readBefore() !== undefined && !isNoted()) await rm(places.state, { recursive: true, force: true });
}
