import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../checkout.ts';
import { command } from '../command.ts';
import type { NpmComponent } from '../sbom/npm-components.ts';
import { lockedPackage } from './npm-package.ts';

/** Builds the page into packages/web/dist; returns the libraries that are bundled in it. */
export async function buildWebPage(): Promise<readonly NpmComponent[]> {
  const vite = 'packages/web/node_modules/vite/bin/vite.js';
  await command(process.execPath, [vite, 'build', '--logLevel', 'warn', 'packages/web'], {
    cwd: checkout,
    remedy: 'Mend what the lines above say; `npm run setup` installs what it needs.',
  });
  const lockFile = readFileSync(join(checkout, 'pnpm-lock.yaml'), 'utf8');
  const licenses = readFileSync(join(checkout, 'packages/web/dist/assets/licenses.txt'), 'utf8');
  return bundledPackages(licenses).map(({ name, version, license }) => {
    const { integrity } = lockedPackage(lockFile, name, version);
    return { name, version, license, integrity };
  });
}

/** The headings of the page's list of licences: `## NAME - VERSION (LICENCE)`. */
export function bundledPackages(
  licenses: string,
): readonly { readonly name: string; readonly version: string; readonly license: string }[] {
  return [...licenses.matchAll(/^## (\S+) - (\S+) \((.+)\)$/gm)].map(
    ([, name = '', version = '', license = '']) => ({ name, version, license }),
  );
}
