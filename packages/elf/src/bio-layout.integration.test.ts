import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { findBioLayout } from '@tomte/elf';

const folder = mkdtempSync(join(tmpdir(), 'tomte-bio-layout-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function compile(branch: number, ...words: readonly string[]): string {
  const source = fileURLToPath(new URL('../testdata/bio-layout.c', import.meta.url));
  const path = join(folder, `${branch}-${words.join('')}`);
  execFileSync('cc', [`-DBRANCH=${branch}`, ...words, '-o', path, source], { timeout: 60_000 });
  return path;
}

it.each([110, 111, 300])('reads the layout of branch %i off its code, as the compiler says', (branch) => {
  const said: unknown = JSON.parse(execFileSync(compile(branch, '-DPRINT'), { encoding: 'utf8' }));
  const library = compile(branch, '-O2', '-shared', '-fPIC');
  expect(findBioLayout(readFileSync(library))).toEqual(said);
});

it('knows nothing of a structure in which another int might be the descriptor', () => {
  const library = compile(999, '-O2', '-shared', '-fPIC');
  expect(findBioLayout(readFileSync(library))).toBeUndefined();
});

it('knows nothing of a file without the accessors', () => {
  expect(findBioLayout(readFileSync(compile(300, '-DPRINT')))).toBeUndefined();
  expect(findBioLayout(new Uint8Array(64))).toBeUndefined();
});
