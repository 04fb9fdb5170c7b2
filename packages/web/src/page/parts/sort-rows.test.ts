import { expect, it } from 'vitest';
import { sortRows } from './sort-rows.ts';

const rows = [
  { n: 3, s: 'b10' },
  { n: null, s: 'b9' },
  { n: 20, s: null },
];

it.each([
  ['n', [3, 20, null]],
  ['-n', [20, 3, null]],
  [undefined, [3, null, 20]],
])('sorted by %s, what is not known last', (sort, expected) => {
  expect(sortRows(rows, sort).map(({ n }) => n)).toEqual(expected);
});

it('sorts numbers in texts as numbers', () => {
  expect(sortRows(rows, 's').map(({ s }) => s)).toEqual(['b9', 'b10', null]);
});
