import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { generators } from './gen/index.ts';

const root = join(import.meta.dirname, '..');

async function readOrEmpty(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}

/** Paths whose text on disk differs from what the generators say; with `write` they are mended. */
async function staleFiles(write: boolean): Promise<string[]> {
  const stale: string[] = [];
  for (const generator of generators) {
    for (const [path, text] of await generator.outputs()) {
      const absolute = join(root, path);
      if ((await readOrEmpty(absolute)) === text) continue;
      stale.push(path);
      if (!write) continue;
      await mkdir(dirname(absolute), { recursive: true });
      await writeFile(absolute, text);
    }
  }
  return stale;
}

const isCheck = process.argv.includes('--check');
const stale = await staleFiles(!isCheck);
for (const path of stale) console.log(`${isCheck ? 'stale' : 'wrote'} ${path}`);
if (isCheck && stale.length > 0) {
  console.error(`${stale.length} generated files are stale. Run \`pnpm gen\` and commit the result.`);
  process.exitCode = 1;
}
