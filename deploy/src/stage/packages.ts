import { cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkout } from '../checkout.ts';
import { toJavaScript } from './emit.ts';

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const PROGRAM = '@tomte/tomte';
/** What only development needs. */
const LEFT_OUT = [
  '**/node_modules/**',
  '**/testdata/**',
  '**/testing/**',
  '**/*.test.ts',
  '*/bench/**',
  '*/proto/**',
  '**/*.md',
  '**/*.d.ts',
  // Of the page its built form alone.
  'web/src/page/**',
  'web/{index.html,tsconfig.json,vite.config.ts}',
  'web/dist/.stamp',
];

/** A package of this checkout that the command needs. */
export interface Member {
  /** Below `packages`. */
  readonly folder: string;
  readonly manifest: Manifest;
}

export function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest; // Proof: pnpm has installed from it.
}

/** The command and what it depends on, other people's packages left out. */
export function programMembers(): readonly Member[] {
  const all = globSync('*/package.json', { cwd: join(checkout, 'packages') }).map((path) => ({
    folder: dirname(path),
    manifest: readManifest(join(checkout, 'packages', path)),
  }));
  const found = new Set<Member>();
  const add = (name: string): void => {
    const member = all.find(({ manifest }) => manifest.name === name);
    if (member === undefined || found.has(member)) return;
    found.add(member);
    Object.keys(member.manifest.dependencies ?? {}).forEach(add);
  };
  add(PROGRAM);
  return [...found].toSorted((a, b) => a.folder.localeCompare(b.folder));
}

/** Lays the members below `root`, as JavaScript; returns how many files. */
export function layPackages(members: readonly Member[], root: string): number {
  const files = members.flatMap(({ folder }) =>
    globSync(`${folder}/**/*`, {
      cwd: join(checkout, 'packages'),
      exclude: LEFT_OUT,
      withFileTypes: true,
    })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  for (const path of files) layFile(path, join(root, path.slice(checkout.length)));
  return files.length;
}

function layFile(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  if (from.endsWith('/package.json')) return writeFileSync(to, toRuntimeManifest(readFileSync(from, 'utf8')));
  if (!/\.(ts|mjs)$/.test(from)) return cpSync(from, to);
  const javascript = toJavaScript(readFileSync(from, 'utf8'), from);
  writeFileSync(to.replace(/\.ts$/, '.js'), javascript);
}

/** Names the `.js` files, and nothing that only development needs. */
export function toRuntimeManifest(text: string): string {
  const { devDependencies: _, ...kept } = JSON.parse(text) as Record<string, unknown>; // Proof: an object, as npm demands.
  return `${JSON.stringify(kept, null, 2).replaceAll(/(\.\/[\w./-]+)\.ts"/g, '$1.js"')}\n`;
}
