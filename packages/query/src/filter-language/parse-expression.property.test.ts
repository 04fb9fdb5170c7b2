import fc from 'fast-check';
import { requests } from '@tomte/model';
import { expect, it } from 'vitest';
import { compileExpression } from '../filter.ts';
import { SqlParams } from '../sql-params.ts';
import { parseExpression } from './parse-expression.ts';

const context = { record: requests, nowNs: 1_767_225_600_000_000_000n };
const words = [
  'and',
  'or',
  'not',
  'in',
  '(',
  ')',
  ',',
  '=',
  '!=',
  '=~',
  'contains',
  'method',
  'path',
  'status_code',
  '"x"',
  '500',
  '[',
  ']',
  "'",
  '\\',
];

it('never throws, and never makes text of the asker part of the SQL', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc.array(fc.constantFrom(...words), { maxLength: 40 }).map((parts) => parts.join(' ')),
  );
  fc.assert(
    fc.property(text, (asked) => {
      const read = parseExpression(asked, context);
      if (!read.ok) {
        expect(read.error.code).toMatch(/^QUERY_/);
        return;
      }
      const sql = compileExpression(read.value, new SqlParams());
      expect(sql).toMatch(/^[ \w.(){}:,=<>![\]]*$/);
    }),
    { numRuns: 2_000 },
  );
});

it('keeps a value as it was quoted', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 100 }), (value) => {
      const quoted = `"${value.replaceAll(/[\\"]/g, (sign) => `\\${sign}`)}"`;
      const read = parseExpression(`path = ${quoted}`, context);
      if (!read.ok) throw read.error;
      const params = new SqlParams();
      compileExpression(read.value, params);
      expect(params.values).toEqual({ p0: value });
    }),
  );
});
