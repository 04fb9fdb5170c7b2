import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { pageFolder } from '@tomte/web';
import { layPackages, programMembers, toRuntimeManifest } from './packages.ts';
import { bundledPackages } from './web-page.ts';

const root = mkdtempSync(join(tmpdir(), 'packages-'));
afterAll(() => rmSync(root, { recursive: true }));

it('takes the command and what it depends on, and nothing that only tests import', () => {
  const folders = programMembers().map(({ folder }) => folder);
  expect(folders).toEqual(
    expect.arrayContaining(['agent', 'api', 'bpf-host', 'cli', 'collector', 'store', 'tomte']),
  );
  expect(folders).not.toContain('testkit');
});

it('lays JavaScript, migrations and recordings, and no TypeScript or test', () => {
  layPackages(programMembers(), root);
  const files = globSync('**/*', { cwd: root });
  expect(files).toEqual(
    expect.arrayContaining([
      'packages/tomte/bin/tomte.mjs',
      'packages/tomte/src/run.js',
      'packages/tomte/recordings/demo.tomte',
      'packages/store/migrations/0001_create_base_tables.sql',
      'packages/store/src/embedded/server-process.js',
    ]),
  );
  expect(files.filter((path) => /\.tsx?$|\.test\.|testdata/.test(path))).toEqual([]);
}, 120_000);

it('lays the page as it was built, and reads what is bundled in it from its licences', () => {
  const files = globSync('packages/web/**/*', { cwd: root });
  expect(files).toContain('packages/web/src/index.js');
  expect(files).not.toContain('packages/web/src/page');
  const licenses = readFileSync(join(pageFolder, 'assets/licenses.txt'), 'utf8');
  expect(bundledPackages(licenses)).toContainEqual(
    expect.objectContaining({ name: 'preact', license: 'MIT' }),
  );
});

it('has no string left that names a TypeScript file', () => {
  const left = globSync('**/*.{js,mjs}', { cwd: root }).filter((path) =>
    /['"`][./][^'"`\n]*\.ts['"`]/.test(readFileSync(join(root, path), 'utf8')),
  );
  expect(left).toEqual([]);
});

it('turns a manifest to JavaScript and forgets what only development needs', () => {
  const manifest = {
    exports: { '.': './src/index.ts' },
    devDependencies: { vitest: '1' },
    bin: './bin/t.mjs',
  };
  expect(JSON.parse(toRuntimeManifest(JSON.stringify(manifest)))).toEqual({
    exports: { '.': './src/index.js' },
    bin: './bin/t.mjs',
  });
});
