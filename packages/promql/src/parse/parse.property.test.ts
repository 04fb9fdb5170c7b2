import fc from 'fast-check';
import { expect, test } from 'vitest';
import { handPicked } from '../testing/expressions.ts';
import { parsePromql } from './parse.ts';

const pieces = handPicked.flatMap((text) => text.split(/(?<=[ ({[\])},])/));

test('any text is an expression or an error with its place', () => {
  const texts = fc.oneof(
    fc.string({ maxLength: 60, unit: 'binary' }),
    fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const outcome = parsePromql(text);
      if (!outcome.ok) expect(outcome.error.code).toMatch(/^PROMQL_(?:PARSE|NOT_SUPPORTED|LIMIT)$/);
    }),
    { numRuns: 20_000 },
  );
});
