import { requests } from '@tomte/model';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { compileFilter, parseFilters } from './filter.ts';
import { SqlParams } from './sql-params.ts';
import { formatTime, parseTime } from './time-range.ts';

const columns = Object.keys(requests.columns);

it('no value ever reaches the text of a condition', () => {
  const value = fc.string({ minLength: 1, maxLength: 60, unit: 'binary' });
  fc.assert(
    fc.property(
      fc.constantFrom(...columns),
      fc.constantFrom('', '.ne', '.prefix', '.gt'),
      value,
      (name, op, text) => {
        const filters = parseFilters(requests, { [`${name}${op}`]: [text] }, 0n);
        if (!filters.ok) return;
        const sql = compileFilter(filters.value[0] ?? expect.fail('one filter'), new SqlParams());
        expect(sql).toMatch(/^[\w.{}:(),'!=<> ]+$/);
      },
    ),
  );
});

it('random names and values never throw', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (name, text) => {
      parseFilters(requests, { [name]: [text] }, 0n);
      parseTime(text, 0n);
      decodeCursor(text);
    }),
  );
});

it('a cursor comes back as it went', () => {
  const digits = fc.bigInt({ min: 0n, max: 9_223_372_036_854_775_807n });
  fc.assert(
    fc.property(digits, digits, fc.array(fc.string(), { maxLength: 5 }), (fromNs, toNs, key) => {
      const cursor = { range: { fromNs, toNs }, fingerprint: 'f', key };
      expect(decodeCursor(encodeCursor(cursor))).toEqual({ ok: true, value: cursor });
    }),
  );
});

it('a time comes back as it went', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 9_223_372_016_000_000_000n }), (ns) => {
      expect(parseTime(formatTime(ns), 0n)).toEqual({ ok: true, value: ns });
    }),
  );
});
