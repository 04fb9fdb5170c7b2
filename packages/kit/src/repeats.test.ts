import { expect, test } from 'vitest';
import { Repeats } from './repeats.ts';

test('a key is known from its second time on', () => {
  const repeats = new Repeats<string, number>(3);
  repeats.put('a', 1);
  expect(repeats.get('a')).toBeUndefined();
  repeats.put('a', 2);
  expect(repeats.get('a')).toBe(2);
  expect(repeats.get('b')).toBeUndefined();
  repeats.forgetValues();
  expect(repeats.get('a')).toBeUndefined();
});

test('it holds no more than it may, and begins anew when it is full', () => {
  const repeats = new Repeats<string, number>(3);
  const keys = ['a', 'b', 'c', 'd'];
  for (const key of [...keys, ...keys]) repeats.put(key, 1);
  expect(keys.map((key) => repeats.get(key))).toEqual([undefined, undefined, undefined, 1]);
});

test('a key that comes again behind 32 other new ones is new', () => {
  const repeats = new Repeats<string, number>(3);
  for (let other = 0; other <= 32; other += 1) repeats.put(`${other}`, other);
  repeats.put('0', 0);
  expect(repeats.get('0')).toBeUndefined();
  repeats.put('0', 0);
  expect(repeats.get('0')).toBe(0);
});
