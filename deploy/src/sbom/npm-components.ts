import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../checkout.ts';
import { lockedPackage } from '../stage/npm-package.ts';
import { readManifest } from '../stage/packages.ts';

export interface NpmComponent {
  readonly name: string;
  readonly version: string;
  /** SPDX expression of its manifest. */
  readonly license: string | undefined;
  /** `sha512-…`, as in the lock file. */
  readonly integrity: string;
}

/** What stands in the installed tree, told from its own manifests: a pruned package is not listed. */
export function npmComponents(root: string): readonly NpmComponent[] {
  const lockFile = readFileSync(join(checkout, 'pnpm-lock.yaml'), 'utf8');
  const store = join(root, 'node_modules/.pnpm');
  const manifests = globSync(['*/node_modules/*/package.json', '*/node_modules/@*/*/package.json'], {
    cwd: store,
  }).filter((path) => isOwnFolder(path) && existsSync(join(store, path)));
  const found = manifests.map((path) => {
    const { name, version, license } = readManifest(join(store, path));
    return { name, version, license, integrity: integrityOf(lockFile, name, version) };
  });
  return found.toSorted((a, b) => `${a.name}@${a.version}`.localeCompare(`${b.name}@${b.version}`));
}

/** `NAME@VERSION…/node_modules/NAME`; beside it stand links to what it depends on. */
function isOwnFolder(path: string): boolean {
  const [folder = '', , ...rest] = path.split('/');
  return folder.startsWith(`${rest.slice(0, -1).join('+')}@`);
}

function integrityOf(lockFile: string, name: string, version: string): string {
  return lockedPackage(lockFile, name, version).integrity;
}
