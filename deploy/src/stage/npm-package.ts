import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@tomte/kit';
import { checkout } from '../checkout.ts';
import { command } from '../command.ts';

const cache = join(checkout, '.tools/npm');

export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  /** As the lock file has it: `sha512-…`. */
  readonly integrity: string;
  readonly folder: string;
}

/**
 * A package exactly as the lock file names it. pnpm installs those of this machine's platform only: another's comes from
 * the registry, is compared with the lock file, and is kept in `.tools/npm`.
 */
export async function npmPackage(name: string): Promise<NpmPackage> {
  const { version, integrity } = lockedPackage(readFileSync(join(checkout, 'pnpm-lock.yaml'), 'utf8'), name);
  const flat = `${name.replace('/', '+')}@${version}`;
  const installed = join(checkout, 'node_modules/.pnpm', flat, 'node_modules', name);
  if (existsSync(installed)) return { name, version, integrity, folder: installed };
  const folder = join(cache, flat);
  if (!existsSync(folder)) await fetchInto(folder, { name, version, integrity });
  return { name, version, integrity, folder };
}

export function isLocked(name: string): boolean {
  return readFileSync(join(checkout, 'pnpm-lock.yaml'), 'utf8').includes(`'${name}@`);
}

/** Of one version, or of the only one. Throws DEPLOY_PACKAGE_UNLOCKED. */
export function lockedPackage(
  lockFile: string,
  name: string,
  wantedVersion = '',
): Omit<NpmPackage, 'name' | 'folder'> {
  const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const versionPattern = wantedVersion === '' ? "[^:'(]+" : literal(wantedVersion);
  const entry = new RegExp(
    `^  '?${literal(name)}@(${versionPattern})'?:\\n    resolution: \\{integrity: ([^},]+)`,
    'm',
  );
  const [, version, integrity] = entry.exec(lockFile) ?? [];
  if (version !== undefined && integrity !== undefined) return { version, integrity };
  throw new AppError('DEPLOY_PACKAGE_UNLOCKED', `pnpm-lock.yaml does not name ${name}`, {
    family: 'unexpected',
    remedy: 'Run `pnpm install`.',
  });
}

async function fetchInto(folder: string, wanted: Omit<NpmPackage, 'folder'>): Promise<void> {
  const scratch = `${folder}.part`;
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  const spec = `${wanted.name}@${wanted.version}`;
  const remedy = 'Check that the npm registry answers, then try again.';
  const packed = await command('npm', ['pack', spec, '--silent', '--pack-destination', scratch], { remedy });
  const tarball = join(scratch, packed.trim().split('\n').at(-1) ?? '');
  refuseOther(tarball, wanted);
  await command('tar', ['-xzf', tarball, '-C', scratch], { remedy });
  rmSync(tarball);
  renameSync(join(scratch, 'package'), folder);
  rmSync(scratch, { recursive: true, force: true });
}

function refuseOther(tarball: string, { name, integrity }: Omit<NpmPackage, 'folder'>): void {
  const seen = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`;
  if (seen === integrity) return;
  throw new AppError('DEPLOY_PACKAGE_ALTERED', `the registry's ${name} is not the one in pnpm-lock.yaml`, {
    remedy: 'Use a registry that serves what the lock file names.',
  });
}
