import { readFileSync } from 'node:fs';
import { liveDefaults } from '@tomte/agent';
import { describe, expect, it } from 'vitest';
import { createProgram } from './program.ts';
import { renderReferencePage } from './reference-page.ts';
import { VERSION } from './version.ts';

const program = () =>
  createProgram({ signal: AbortSignal.abort(), onInterrupt: () => undefined, done: () => undefined });

it('has the reference page that its definitions make', async () => {
  await expect(renderReferencePage(program())).toMatchFileSnapshot('../../../docs/reference/cli.md');
});

describe('every verb', () => {
  const names = program().commands.map((command) => command.name());

  it('of the design is there', () => {
    const needed =
      'up agent collector api requests services edges status doctor record replay sql demo version';
    expect(names).toEqual(expect.arrayContaining(needed.split(' ')));
  });

  it.each(names)('%s has a summary and a description', (name) => {
    const command = program().commands.find((one) => one.name() === name);
    expect(command?.description()).toMatch(/\.$/);
  });
});

it.each('up agent collector api requests services status doctor record replay sql demo'.split(' '))(
  '%s speaks JSON',
  (name) => {
    const command = program().commands.find((one) => one.name() === name);
    expect(command?.options.map((option) => option.long)).toContain('--json');
  },
);

it('states the size of the ring that an agent takes by itself', () => {
  const up = program().commands.find((one) => one.name() === 'up');
  const option = up?.options.find((one) => one.long === '--data-ring');
  expect(option?.defaultValue).toBeUndefined();
  const [, mebibytes] = /default (\d+)MiB/.exec(option?.description ?? '') ?? [];
  expect(Number(mebibytes) * 1024 * 1024).toBe(liveDefaults.ringDataBytes);
});

it('has the version of its package', () => {
  const { version } = JSON.parse(readFileSync(`${import.meta.dirname}/../package.json`, 'utf8'));
  expect(VERSION).toBe(version);
});
