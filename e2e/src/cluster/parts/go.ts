import { mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../command.ts';

const BUILD_TIMEOUT_MS = 40 * 60_000;
const goEnv = { CGO_ENABLED: '0' };

/** A module of our own around what is built: its go.mod, one Go file, and what to build. */
export interface GoBuild {
  readonly goMod: string;
  readonly fileName: string;
  readonly source: string;
  readonly packages: readonly string[];
  readonly linkerFlags: string;
}

/** Puts the programs into `folder`. */
export async function buildGo(build: GoBuild, folder: string): Promise<void> {
  const cwd = join(folder, 'module');
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'go.mod'), build.goMod);
  writeFileSync(join(cwd, build.fileName), build.source);
  await run('go', ['mod', 'tidy'], { cwd, env: goEnv });
  const args = ['build', '-trimpath', '-ldflags', build.linkerFlags, '-o', `${folder}/`, ...build.packages];
  await run('go', args, { cwd, env: goEnv, timeoutMs: BUILD_TIMEOUT_MS });
  await rm(cwd, { recursive: true });
}

/** Everything of a build that decides its result. */
export function recipeOf(build: GoBuild): readonly string[] {
  return [build.goMod, build.source, build.linkerFlags, ...build.packages];
}

/** Builds `PACKAGE@VERSION` by its own go.mod. */
export async function installGo(packageAtVersion: string, folder: string): Promise<void> {
  const env = { ...goEnv, GOBIN: folder };
  await run('go', ['install', '-trimpath', '-ldflags', '-s -w', packageAtVersion], {
    env,
    timeoutMs: BUILD_TIMEOUT_MS,
  });
}

interface Module {
  readonly Dir: string;
  readonly GoMod: string;
}

/** Where Go keeps a module's files. */
export async function downloadModule(moduleAtVersion: string): Promise<Module> {
  return JSON.parse(await run('go', ['mod', 'download', '-json', moduleAtVersion])) as Module; // Proof: Go's own JSON.
}
