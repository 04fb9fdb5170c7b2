import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RuleRedactor } from './rule-redactor.ts';
import { defaultRedactionRules } from './rules.ts';

const secret = 'password=hunter2&page=3';
const harmless = 'colour=green&page=3';
const filler = 'a line of a page that nobody minds; '.repeat(4);

/** Equal length and equal samples for many of them: they meet in one slot, and often differ in one byte only. */
const body = fc
  .tuple(fc.constantFrom(secret, harmless), fc.nat({ max: 90 }), fc.constantFrom('', 'x', 'y'))
  .map(([text, at, tail]) => Buffer.from(`${filler.slice(0, at)}${text}${filler.slice(at)}${tail}`));

test('a redactor that remembers says of each body what one that has seen nothing says', () => {
  fc.assert(
    fc.property(fc.array(body, { minLength: 2, maxLength: 60 }), (bodies) => {
      const remembering = new RuleRedactor(defaultRedactionRules);
      for (const bytes of bodies) {
        const expected = Buffer.from(new RuleRedactor(defaultRedactionRules).body(bytes)).toString();
        expect(Buffer.from(remembering.body(bytes)).toString()).toBe(expected);
        expect(expected.includes('hunter2')).toBe(false);
        // The memory a body came in is reused for the next.
        bytes.fill(0x2e);
      }
    }),
  );
});

test('texts and headers likewise, whatever came before', () => {
  const value = fc.oneof(fc.constantFrom(secret, harmless, '/plain', ''), fc.string({ maxLength: 300 }));
  const name = fc.constantFrom('cookie', 'x-page', 'referer', 'date');
  const headers = fc.array(fc.tuple(name, value), { maxLength: 4 }).map((entries) => new Map(entries));
  fc.assert(
    fc.property(fc.array(fc.tuple(value, headers), { minLength: 1, maxLength: 40 }), (steps) => {
      const remembering = new RuleRedactor(defaultRedactionRules);
      for (const [text, map] of [...steps, ...steps]) {
        const fresh = new RuleRedactor(defaultRedactionRules);
        expect(remembering.text(text)).toBe(fresh.text(text));
        expect([...remembering.headers(map)]).toEqual([...fresh.headers(map)]);
      }
    }),
  );
});

test('more of each than is remembered', () => {
  const redactor = new RuleRedactor(defaultRedactionRules);
  for (let round = 0; round < 3_001; round += 1) {
    const text = `token=${round}&n=${round}`;
    const redacted = `token=[redacted]&n=${round}`;
    expect(redactor.text(text)).toBe(redacted);
    expect(redactor.headers(new Map([['x-page', text]])).get('x-page')).toBe(redacted);
    expect(Buffer.from(redactor.body(Buffer.from(`${filler}${text}`))).toString()).toBe(filler + redacted);
  }
});
