import { expect, it } from 'vitest';
import { compareSnapshots } from './machine/snapshot.ts';
import { parseOptions } from './options.ts';
import { keyOf } from './part.ts';

it('tells verbs and options', () => {
  expect(parseOptions(['up'])).toEqual({ verb: 'up', json: false, only: [], isFresh: false });
  expect(parseOptions(['test', '--json', '--only', 'shop', '--only', 'drain', '--fresh'])).toEqual({
    verb: 'test',
    json: true,
    only: ['shop', 'drain'],
    isFresh: true,
  });
  expect(parseOptions(['up', '--help'])).toBe('help');
});

it.each([[[]], [['sideways']], [['up', 'down']], [['up', '--fast']]])('refuses %j', (args) => {
  expect(() => parseOptions(args)).toThrow(expect.objectContaining({ code: 'CLUSTER_OPTIONS_INVALID' }));
});

it('a part has another key when anything of its recipe is another', () => {
  expect(keyOf(['v1.34.4', '-s -w'])).toMatch(/^[0-9a-f]{12}$/);
  expect(keyOf(['v1.34.4', '-s -w'])).toBe(keyOf(['v1.34.4', '-s -w']));
  expect(keyOf(['v1.34.4', '-s -w'])).not.toBe(keyOf(['v1.34.4 -s -w']));
});

it('says what is left and what is missing, by kind', () => {
  const before = { mounts: ['/', '/proc'], settings: ['kernel/panic = 1'] };
  const after = { mounts: ['/', '/proc', '/run/docker/netns/1'], settings: ['kernel/panic = 10'] };
  expect(compareSnapshots(before, before)).toEqual([]);
  expect(compareSnapshots(before, after)).toEqual([
    'left in mounts: /run/docker/netns/1',
    'left in settings: kernel/panic = 10',
    'missing in settings: kernel/panic = 1',
  ]);
});
