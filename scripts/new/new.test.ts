import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const checkout = join(import.meta.dirname, '../..');
const TOOL_TIMEOUT_MS = 120_000;
const parts = ['packages', 'bpf', 'scripts', 'package.json', 'vitest.config.ts', 'tsconfig.base.json'];
/** The rooms that the scaffolds write to, and those below them. */
const types = {
  extends: './tsconfig.base.json',
  include: ['kit', 'model', 'query', 'protocols'].map((room) => `packages/${room}/src`),
};

const hasClang = spawnSync('clang', ['--version']).status === 0;

let copy = '';

/** The checkout without what is installed or built, so that the scaffolds have real lists to change. */
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'tomte-new-'));
  const isSource = (path: string): boolean =>
    !path.includes(`${sep}build${sep}`) && !path.includes(`${sep}dist${sep}`);
  for (const part of parts) {
    cpSync(join(checkout, part), join(copy, part), {
      recursive: true,
      verbatimSymlinks: true,
      filter: isSource,
    });
  }
  writeFileSync(join(copy, 'tsconfig.json'), JSON.stringify(types));
  symlinkSync(join(checkout, 'node_modules'), join(copy, 'node_modules'));
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

function scaffold(...args: readonly string[]) {
  const program = join(checkout, 'scripts/new.ts');
  return spawnSync(process.execPath, [program, ...args, '--into', copy], { encoding: 'utf8' });
}

/** Runs a tool of the workspace on the copy. */
function runTool(path: string, args: readonly string[]) {
  const env = { ...process.env, NO_COLOR: '1' };
  return spawnSync(process.execPath, [join(checkout, 'node_modules', path), ...args], {
    encoding: 'utf8',
    env,
  });
}

/** Paths that the scaffold said it made. */
function madeFiles(stdout: string): readonly string[] {
  return [...stdout.matchAll(/^new +(\S+)$/gm)].map((match) => match[1] ?? '');
}

const made: Readonly<Record<string, { name: string; files: readonly string[] }>> = {
  view: { name: 'slow-services', files: ['packages/query/src/views/slow-services.ts'] },
  protocol: {
    name: 'line-echo',
    files: ['connection', 'exchange', 'frame', 'index', 'recognise', 'line-echo.test'].map(
      (part) => `packages/protocols/src/line-echo/${part}.ts`,
    ),
  },
  bpf: {
    name: 'tcp-pause',
    files: [
      'bpf/programs/tcp_pause.bpf.c',
      'bpf/events/tcp_pause_event.h',
      'bpf/tests/tcp-pause.bpf.test.ts',
    ],
  },
};

describe('pnpm new', () => {
  it.each(Object.entries(made))('%s makes its files and puts it on its lists', (kind, { name, files }) => {
    const { status, stdout, stderr } = scaffold(kind, name);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(madeFiles(stdout)).toEqual(files);
    for (const file of files) expect(existsSync(join(copy, file))).toBe(true);
    for (const [, path = '', line = ''] of stdout.matchAll(/^one line (\S+): (.+)$/gm)) {
      expect(readFileSync(join(copy, path), 'utf8')).toContain(line);
    }
  });

  it('made a parser whose tests pass', { timeout: TOOL_TIMEOUT_MS }, () => {
    const args = ['run', '--root', copy, '--project', 'unit', 'packages/protocols/src/line-echo'];
    const { stdout, stderr } = runTool('vitest/vitest.mjs', args);
    expect(`${stdout}${stderr}`).toMatch(/Tests +3 passed \(3\)/);
  });

  it.skipIf(!hasClang)('made a BPF program that compiles', { timeout: TOOL_TIMEOUT_MS }, () => {
    const target = `build/${process.arch === 'arm64' ? 'arm64' : 'x86_64'}`;
    const objects = [`${target}/tcp_pause.bpf.o`, `${target}/types.o`];
    const { status, stderr } = spawnSync('make', ['-s', '-C', join(copy, 'bpf'), ...objects], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  it('made things that pass the types', { timeout: TOOL_TIMEOUT_MS }, () => {
    const { stdout } = runTool('typescript/bin/tsc', ['--noEmit', '-p', copy]);
    expect(stdout.split('\n').filter((line) => line.includes('error'))).toEqual([]);
  });

  it('made things that pass the format', { timeout: TOOL_TIMEOUT_MS }, () => {
    const sources = Object.values(made).flatMap(({ files }) => files.filter((file) => file.endsWith('.ts')));
    const config = ['--config', join(checkout, '.prettierrc.json')];
    const paths = sources.map((file) => join(copy, file));
    const { stdout, stderr } = runTool('prettier/bin/prettier.cjs', [
      '--list-different',
      ...config,
      ...paths,
    ]);
    expect(`${stdout}${stderr}`).toBe('');
  });

  it.each([
    ['a kind that there is not', ['page', 'x'], 'NEW_KIND_UNKNOWN'],
    ['a name that is none', ['view', 'Slow_Queries'], 'NEW_NAME_INVALID'],
    ['a name that is taken', ['view', 'services'], 'NEW_EXISTS'],
  ])('refuses %s and writes nothing', (_, args, code) => {
    const { status, stdout, stderr } = scaffold(...args);
    expect(stderr).toMatch(new RegExp(`^${code}: .*\\. .*\\.\n$`));
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });
});
