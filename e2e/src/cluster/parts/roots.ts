import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run, runShell } from '../command.ts';
import type { Part } from '../part.ts';
import { places } from '../places.ts';
import { versions } from '../versions.ts';

const TIMEOUT_MS = 20 * 60_000;
const SOURCES = '/etc/apt';
/** Weight with no use in a container. */
const unneeded = [
  'usr/share/doc/*',
  'usr/share/man/*',
  'usr/share/locale/*',
  'usr/share/info/*',
  'var/cache/apt/*',
  'var/lib/apt/lists/*',
  'var/cache/debconf/*-old',
  'usr/lib/*/libLLVM*',
  'usr/lib/postgresql/*/lib/llvmjit*',
  'usr/lib/postgresql/*/lib/bitcode',
];

/**
 * Without its just-in-time compiler PostgreSQL interprets; its Perl scripts are Debian's, and a story makes its own
 * database.
 */
const unneededByWorkloads = [
  ...unneeded,
  'usr/lib/*/libz3*',
  'usr/lib/*/perl',
  'usr/lib/*/gconv',
  'usr/share/perl',
  'usr/share/i18n',
  'var/lib/postgresql/*',
];

const nodePackages = [
  ...['systemd', 'systemd-sysv', 'dbus', 'containerd', 'runc', 'containernetworking-plugins'],
  ...['iptables', 'nftables', 'conntrack', 'iproute2', 'ethtool', 'kmod', 'mount', 'pigz', 'jq', 'procps'],
  ...['curl', 'ca-certificates', 'hostname'],
];

const workloadPackages = [
  ...['nginx-light', 'python3-minimal', 'libpython3-stdlib', 'curl', 'openssl', 'ca-certificates'],
  ...['postgresql', 'redis-server', 'iproute2', 'procps'],
];

export const nodeRoot = rootPart('node-root', nodePackages, unneeded);
export const workloadRoot = rootPart('workload-root', workloadPackages, unneededByWorkloads);
/** What images of our own programs are built upon. */
export const baseRoot = rootPart('base-root', ['ca-certificates'], unneeded);

/** A Debian of these packages, as a folder. */
function rootPart(name: string, packages: readonly string[], weight: readonly string[]): Part {
  return {
    name,
    recipe: [versions.debian, ...packages, ...weight],
    async build(folder) {
      await bootstrap(folder, packages);
      await runShell(`shopt -s nullglob; rm -rf ${weight.join(' ')}`, { cwd: folder });
    },
  };
}

async function bootstrap(folder: string, packages: readonly string[]): Promise<void> {
  mkdirSync(places.debs, { recursive: true });
  const args = [
    '--variant=minbase',
    `--include=${packages.join(',')}`,
    `--cache-dir=${places.debs}`,
    versions.debian,
    folder,
    ...debianMirror(),
  ];
  await run('debootstrap', args, { timeoutMs: TIMEOUT_MS, env: { DEBIAN_FRONTEND: 'noninteractive' } });
}

/** The machine's own mirror of Debian, from apt's sources; where it is no Debian, debootstrap's default. */
function debianMirror(): readonly string[] {
  const folder = join(SOURCES, 'sources.list.d');
  const files = [join(SOURCES, 'sources.list'), ...readdirSync(folder).map((name) => join(folder, name))];
  const texts = files.map(readIfThere);
  const mirrors = texts.flatMap((text) => [...text.matchAll(/https?:\/\/\S+\/debian\/?(?=\s)/g)]);
  const first = mirrors[0]?.[0];
  return first === undefined ? [] : [first];
}

function readIfThere(path: string): string {
  try {
    // Comments out of the way.
    return readFileSync(path, 'utf8').replace(/^\s*#.*$/gm, '');
  } catch {
    return '';
  }
}
