import { createHash } from 'node:crypto';
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Architecture } from '../architecture.ts';
import { checkout } from '../checkout.ts';
import { command } from '../command.ts';

/** What Node and libbpf need beside glibc, so that the base image needs none of it. */
const PACKAGES = ['libbpf1', 'libelf1', 'zlib1g', 'libstdc++6', 'libgcc-s1'];

export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
}

const remedy =
  'Build on Debian or Ubuntu with their package sources in reach: apt-get must find the packages.';

/** Lays the libraries flat into `lib`, their licences into `licenses`, below `root`. */
export async function layLibraries(
  root: string,
  architecture: Architecture,
): Promise<readonly DebianPackage[]> {
  const scratch = join(checkout, 'deploy/build', architecture.name, 'debian');
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  await download(scratch, architecture);
  const archives = globSync('*.deb', { cwd: scratch }).toSorted();
  const found: DebianPackage[] = [];
  for (const archive of archives) found.push(await unpack(join(scratch, archive), scratch));
  layFiles(scratch, root, architecture);
  return found;
}

/** Own lists: the machine's may be old, or of one architecture. apt reads its sources from where it always does. */
async function download(folder: string, { name }: Architecture): Promise<void> {
  const state = join(checkout, '.tools/apt', name);
  mkdirSync(join(state, 'lists/partial'), { recursive: true });
  mkdirSync(join(state, 'cache/archives/partial'), { recursive: true });
  const own = [
    ['APT::Architecture', name],
    ['APT::Architectures', name],
    ['Dir::State::lists', join(state, 'lists')],
    ['Dir::Cache', join(state, 'cache')],
    ['APT::Sandbox::User', 'root'],
  ].flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  await command('apt-get', [...own, '-q', 'update'], { remedy });
  await command('apt-get', [...own, '-q', 'download', ...PACKAGES], { cwd: folder, remedy });
}

async function unpack(archive: string, scratch: string): Promise<DebianPackage> {
  const field = async (name: string): Promise<string> =>
    (await command('dpkg-deb', ['--field', archive, name], { remedy })).trim();
  await command('dpkg-deb', ['--extract', archive, join(scratch, 'root')], { remedy });
  const sha256 = createHash('sha256').update(readFileSync(archive)).digest('hex');
  return { name: await field('Package'), version: await field('Version'), sha256 };
}

/** Debian keeps some in /lib, some in /usr/lib; a link stands beside the file that it names. */
function layFiles(scratch: string, root: string, { triplet }: Architecture): void {
  const lib = join(root, 'lib');
  mkdirSync(lib, { recursive: true });
  for (const path of globSync(`root/{usr/,}lib/${triplet}/*.so*`, { cwd: scratch }))
    cpSync(join(scratch, path), join(lib, basename(path)), { verbatimSymlinks: true });
  for (const name of PACKAGES) {
    const licence = join(scratch, 'root/usr/share/doc', name, 'copyright');
    if (existsSync(licence)) cpSync(licence, join(root, 'licenses', name, 'copyright'));
  }
}
