import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { run } from './command.mjs';
import { checkout, findNode } from './machine.mjs';
import { SetupProblem } from './problem.mjs';

const webFolder = join(checkout, 'packages/web');
const builtFolder = join(webFolder, 'dist');
const stampFile = join(builtFolder, '.stamp');

/** Whether the page that is built is not of the sources that are here. */
export function isPageStale() {
  if (!existsSync(webFolder)) return false;
  return !existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== pageKey();
}

export async function buildPage() {
  const node = findNode();
  const vite = join(webFolder, 'node_modules/vite/bin/vite.js');
  if (node !== undefined && (await run(node, [vite, 'build', '--logLevel', 'warn', webFolder]))) {
    writeFileSync(stampFile, pageKey());
    return;
  }
  throw new SetupProblem(
    'minor',
    'SETUP_PAGE_FAILED',
    'the web page could not be built',
    'Mend what the lines above say, then run `npm run setup` again; all else works without it.',
  );
}

/** What the page is made from: its own files, what it takes from model and query, and the libraries of the lock file. */
function pageKey() {
  const hash = createHash('sha256');
  const folders = [
    join(webFolder, 'src'),
    join(checkout, 'packages/model/src'),
    join(checkout, 'packages/query/src'),
  ];
  const files = folders.flatMap((folder) => filesBelow(folder));
  const single = ['index.html', 'package.json', 'vite.config.ts'].map((name) => join(webFolder, name));
  for (const path of [...files.sort(), ...single, join(checkout, 'pnpm-lock.yaml')])
    hash.update(relative(checkout, path)).update(readFileSync(path));
  return hash.digest('hex');
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.name.endsWith('.test.ts') ? [] : [path];
  });
}
