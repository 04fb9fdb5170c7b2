import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, statSync, utimesSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { places } from './places.ts';
import { withProgress } from './progress.ts';

/** Of one name; an older one stays so that two checkouts do not rebuild for each other. */
const MAX_KEPT = 2;

/** Something that is built once and kept. */
export interface Part {
  readonly name: string;
  /** All that decides its content: versions, flags, lists of packages, texts of sources. */
  readonly recipe: readonly string[];
  /** Fills an empty folder. */
  build(folder: string): Promise<void>;
}

/** Short digest of what something is made from. */
export function keyOf(recipe: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([process.arch, ...recipe]))
    .digest('hex')
    .slice(0, 12);
}

export function folderOf(part: Part): string {
  return join(places.parts, `${part.name}-${keyOf(part.recipe)}`);
}

/** The part's folder; built first where it is missing. A half-built one never gets this name. */
export async function ensurePart(part: Part): Promise<string> {
  const folder = folderOf(part);
  if (!existsSync(folder)) {
    const partial = `${folder}.partial`;
    await withProgress(`Building ${part.name}`, async () => {
      await rm(partial, { recursive: true, force: true });
      mkdirSync(partial, { recursive: true });
      await part.build(partial);
      renameSync(partial, folder);
    });
    await prune(part.name);
  }
  utimesSync(folder, new Date(), new Date());
  return folder;
}

async function prune(name: string): Promise<void> {
  const isOfThisName = new RegExp(`^${name}-[0-9a-f]{12}$`);
  const folders = readdirSync(places.parts)
    .filter((folder) => isOfThisName.test(folder))
    .map((folder) => join(places.parts, folder))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const folder of folders.slice(MAX_KEPT)) await rm(folder, { recursive: true, force: true });
}
