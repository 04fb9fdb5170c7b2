import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MapColumn, MAX_MAP_ENTRIES } from './map-column.ts';
import { MAX_STRING_BYTES } from './string-column.ts';

function bytesOf(column: MapColumn): Buffer {
  const target = Buffer.alloc(column.sizeBytes);
  expect(column.writeInto(target, 0)).toBe(target.length);
  return target;
}

const maps = fc.array(
  fc.array(fc.tuple(fc.string({ maxLength: 9 }), fc.string({ maxLength: 70 })), { maxLength: 5 }),
  { minLength: 1, maxLength: 7 },
);
const turns = fc.array(fc.record({ which: fc.nat({ max: 6 }), isTakenBack: fc.boolean() }), {
  maxLength: 60,
});

test('a map that comes again is written as an equal one that does not', () => {
  fc.assert(
    fc.property(maps, turns, (entries, steps) => {
      const shared = entries.map((each) => new Map(each));
      const remembering = new MapColumn();
      const expected = new MapColumn();
      for (const { which, isTakenBack } of steps) {
        const map = shared[which % shared.length] ?? new Map<string, string>();
        remembering.putMap(map);
        if (isTakenBack) remembering.rollback(expected.count);
        else expected.putMap(new Map(map));
      }
      expect(remembering.count).toBe(expected.count);
      expect(bytesOf(remembering).equals(bytesOf(expected))).toBe(true);
    }),
  );
});

test('a block that was cleared remembers no place of the one before', () => {
  const column = new MapColumn();
  const map = new Map([['content-type', 'text/html']]);
  column.putMap(new Map([['a', 'b']]));
  column.putMap(map);
  column.clear();
  column.putMap(map);
  expect(bytesOf(column).toString('latin1')).toBe(`\u0001${'\0'.repeat(7)}\u000ccontent-type\u0009text/html`);
});

test('what is cut is counted for every row', () => {
  const column = new MapColumn();
  const wide = new Map(Array.from({ length: MAX_MAP_ENTRIES + 3 }, (_, index) => [`${index}`, '']));
  const long = new Map([['a', 'x'.repeat(MAX_STRING_BYTES + 1)]]);
  for (let row = 0; row < 3; row += 1) {
    column.putMap(wide);
    column.putMap(long);
  }
  expect(column.cutCount).toBe(3 * 3 + 3);
});

test('more maps than are remembered', () => {
  const column = new MapColumn();
  const all = Array.from({ length: 701 }, (_, index) => new Map([['index', `${index}`]]));
  for (const map of [...all, ...all]) column.putMap(map);
  const text = bytesOf(column)
    .toString('latin1')
    .slice(column.count * 8);
  const values = all.map((_, index) => `${String.fromCharCode(String(index).length)}${index}`).join('');
  expect(text).toBe('\u0005index'.repeat(2 * 701) + values + values);
});
