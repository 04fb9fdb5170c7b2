import { describe, expect, it } from 'vitest';
import { cutTo, neutralText, widthOf } from './neutral-text.ts';

describe('neutralText', () => {
  it.each([
    ['an escape that turns red', '\x1b[31mred', '\\x1b[31mred'],
    ['a title that an answer sets', '\x1b]0;owned\x07', '\\x1b]0;owned\\x07'],
    ['C1, an escape of one character', '\x9b31m', '\\x9b31m'],
    ['a line that pretends to be another row', 'a\nb\rc\td', 'a\\nb\\rc\\td'],
    ['text that runs backwards', 'a\u202egpj.exe', 'a\\u202egpj.exe'],
    ['text that hides', 'a\u200bb', 'a\\u200bb'],
    ['half of a pair', 'a\ud800b', 'a\\ud800b'],
    ['a whole pair', 'a😀b', 'a😀b'],
    ['letters of any language', 'räksmörgås 日本', 'räksmörgås 日本'],
  ])('%s', (_, text, shown) => {
    expect(neutralText(text)).toBe(shown);
  });
});

it.each([
  ['abc', 3],
  ['日本', 4],
  ['e\u0301', 1],
  ['😀', 2],
])('%s takes %i columns', (text, columns) => {
  expect(widthOf(text)).toBe(columns);
});

it('cuts to columns, not to characters', () => {
  expect(cutTo('日本語日本語', 7)).toBe('日本語…');
  expect(cutTo('abc', 3)).toBe('abc');
});
