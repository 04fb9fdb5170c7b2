import { describe, expect, it } from 'vitest';
import { toBytes } from './builder.ts';
import { DEFAULT_BASE, parseOptions } from './options.ts';

describe('options', () => {
  it('have defaults', () => {
    expect(parseOptions([])).toMatchObject({
      base: DEFAULT_BASE,
      tag: 'tomte:dev',
      tool: undefined,
      json: false,
    });
  });

  it('are taken', () => {
    const args =
      '--base b:1 --tag t:1 --store-tag s:1 --tool podman --arch arm64 --docker-host unix:///x --json';
    expect(parseOptions(args.split(' '))).toMatchObject({
      base: 'b:1',
      tag: 't:1',
      storeTag: 's:1',
      tool: 'podman',
      dockerHost: 'unix:///x',
      architecture: { name: 'arm64', bpf: 'arm64' },
      json: true,
    });
  });

  it('ask for help', () => {
    expect(parseOptions(['--help'])).toBeUndefined();
  });

  it.each([
    ['--tool', 'kaniko'],
    ['--arch', 'riscv64'],
    ['--bse', 'x'],
  ])('refuse %s %s', (...args) => {
    expect(() => parseOptions(args)).toThrow(expect.objectContaining({ code: 'DEPLOY_OPTION_INVALID' }));
  });
});

it.each([
  ['123\n', 123],
  ['117 MB', 117_000_000],
  ['1.2 GB', 1_200_000_000],
])('reads the size %s', (text, bytes) => {
  expect(toBytes(text)).toBe(bytes);
});
