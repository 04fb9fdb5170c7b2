import { cpSync, globSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Architecture, hostArchitecture } from '../architecture.ts';
import { checkout } from '../checkout.ts';
import { command } from '../command.ts';
import type { Member } from './packages.ts';

/** Of a package that runs, nothing of this is read. */
const UNREAD = [
  '**/*.{d.ts,d.mts,d.cts,map,md,markdown,ts,flow,gyp,gypi,c,cc,cpp,h,hpp,o,a,d,mk}',
  '**/{test,tests,__tests__,example,examples,benchmark,benchmarks,docs,.github}',
  '**/build/Release/{obj.target,.deps,obj}',
];
/** Sources of the addons, and packages that only compiling or type checking needs. */
const UNREAD_PACKAGES = [
  '.pnpm/@2060.io+*/node_modules/@2060.io/*/{deps,src,prebuilds,build/deps,build/config.gypi,build/Makefile}',
  '.pnpm/@types+*',
  '.pnpm/undici-types@*',
  '.pnpm/node-addon-api@*',
  '.pnpm/get-*-h@*',
];

/** Of the install itself. */
const LEFTOVERS = [
  ...['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'],
  ...['.modules.yaml', '.pnpm-workspace-state-v1.json', '.pnpm/lock.yaml'].map(
    (name) => `node_modules/${name}`,
  ),
];

/**
 * Installs exactly what the lock file names for production into `root/node_modules`. The addons are compiled for
 * `architecture`, against the headers of the very Node that will run them.
 */
export async function layNodeModules(
  members: readonly Member[],
  { root, architecture, headers }: { root: string; architecture: Architecture; headers: string },
): Promise<void> {
  const manifests = members.map(({ folder }) => `packages/${folder}/package.json`);
  for (const path of ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests]) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    cpSync(join(checkout, path), join(root, path));
  }
  const isNative = architecture.name === hostArchitecture().name;
  await command(
    'pnpm',
    [
      'install',
      '--prod',
      '--frozen-lockfile',
      '--prefer-offline',
      '--no-optional',
      '--reporter=append-only',
      // Copies: modes are changed below, which pnpm's own store must not see.
      '--package-import-method=copy',
      // What was compiled here once is taken again; what is compiled for another machine never is.
      `--config.side-effects-cache=${isNative}`,
      ...['--filter', '@tomte/tomte...'],
    ],
    { cwd: root, env: compilerEnvironment(architecture, headers), remedy: compilerRemedy(architecture) },
  );
  prune(join(root, 'node_modules'));
  for (const path of LEFTOVERS) rmSync(join(root, path));
  for (const path of manifests) rmSync(join(root, path));
}

function compilerEnvironment(architecture: Architecture, headers: string): Record<string, string> {
  const own = { CI: 'true', npm_config_nodedir: headers };
  if (architecture.name === hostArchitecture().name) return own;
  const compiler = architecture.triplet.replace('x86_64', 'x86-64');
  return {
    ...own,
    npm_config_arch: architecture.npm,
    CC: `${compiler}-gcc`,
    CXX: `${compiler}-g++`,
    AR: `${compiler}-ar`,
    LINK: `${compiler}-g++`,
  };
}

function compilerRemedy({ name }: Architecture): string {
  if (name === hostArchitecture().name)
    return 'Mend what the lines above say; `npm run setup` brings compilers.';
  return `Mend what the lines above say; compiling for ${name} needs a cross compiler: apt-get install g++-aarch64-linux-gnu.`;
}

function prune(folder: string): void {
  for (const path of globSync(UNREAD_PACKAGES, { cwd: folder }))
    rmSync(join(folder, path), { recursive: true, force: true });
  for (const path of globSync(UNREAD, { cwd: join(folder, '.pnpm') }))
    rmSync(join(folder, '.pnpm', path), { recursive: true, force: true });
}
