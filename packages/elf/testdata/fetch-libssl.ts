import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LIBSSL_BUILDS } from './libssl-builds.ts';
import type { LibsslBuild } from './libssl-builds.ts';

/**
 * Fetches the pinned builds that are not in the cache yet, through the ordinary clients, and returns the paths of all
 * that are there. A build that cannot be had is reported on stderr and left out: the test counts.
 *
 * The cache is `.tools/libssl-corpus` at the root, or TOMTE_LIBSSL_CORPUS.
 */
export function fetchLibssl(): ReadonlyMap<string, string> {
  mkdirSync(CACHE, { recursive: true });
  const present = new Map<string, string>();
  for (const build of LIBSSL_BUILDS) {
    const path = join(CACHE, build.name);
    if (!existsSync(path)) fetchOne(build, path);
    if (existsSync(path)) present.set(build.name, path);
  }
  return present;
}

const CACHE =
  process.env['TOMTE_LIBSSL_CORPUS'] ??
  fileURLToPath(new URL('../../../.tools/libssl-corpus', import.meta.url));
const TIMEOUT_MS = 180_000;

const PIP_PLATFORMS = [
  'manylinux2014_x86_64',
  'manylinux_2_17_x86_64',
  'manylinux_2_26_x86_64',
  'manylinux_2_28_x86_64',
];

/** Command lines that leave one archive in the current directory. */
const DOWNLOAD: Record<LibsslBuild['source'], (pin: string) => readonly string[]> = {
  pypi: (pin) => [
    ...['pip', 'download', '--quiet', '--no-deps', '--only-binary', ':all:', '--python-version', '3.11'],
    ...PIP_PLATFORMS.flatMap((platform) => ['--platform', platform]),
    ...['--dest', '.', pin],
  ],
  npm: (pin) => ['npm', 'pack', '--silent', pin],
  apt: (pin) => ['apt-get', 'download', '--quiet', pin],
};

const UNPACK: Record<LibsslBuild['source'], (archive: string) => readonly string[]> = {
  pypi: (archive) => ['python3', '-m', 'zipfile', '-e', archive, 'out'],
  npm: (archive) => ['tar', '-xzf', archive, '-C', 'out'],
  apt: (archive) => ['dpkg-deb', '-x', archive, 'out'],
};

function fetchOne(build: LibsslBuild, path: string): void {
  const folder = mkdtempSync(join(CACHE, 'fetch-'));
  try {
    run(DOWNLOAD[build.source](build.pin), folder);
    const [archive] = globSync('*.{whl,tgz,deb}', { cwd: folder });
    if (archive === undefined) throw new Error('no archive was downloaded');
    mkdirSync(join(folder, 'out'));
    run(UNPACK[build.source](archive), folder);
    renameSync(join(folder, findMember(folder, build.member)), path);
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    process.stderr.write(`${build.name}: ${message.split('\n', 1).join('')}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function findMember(folder: string, member: string): string {
  const files = globSync('out/**/*', { cwd: folder }).filter((file) => file.includes(member));
  const found = files.find((file) => statSync(join(folder, file)).isFile());
  if (found === undefined) throw new Error(`the archive has no ${member}`);
  return found;
}

function run([command = '', ...words]: readonly string[], cwd: string): void {
  execFileSync(command, words, { cwd, timeout: TIMEOUT_MS, stdio: ['ignore', 'ignore', 'pipe'] });
}

if (import.meta.main) {
  for (const [name, path] of fetchLibssl()) process.stdout.write(`${name}\t${path}\n`);
}
