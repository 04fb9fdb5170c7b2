import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAddress, parseUid, toMapped, uidText } from './address-bytes.ts';

/** WHATWG URL's own parser and serializer of IPv6 addresses is the oracle. */
function urlText(text: string): string {
  return new URL(`http://[${text}]/`).hostname.slice(1, -1);
}

const bytes16 = fc.uint8Array({ minLength: 16, maxLength: 16 });
const groups = (bytes: Uint8Array): string =>
  Array.from({ length: 8 }, (_, index) =>
    (((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0)).toString(16),
  ).join(':');

test('IPv6 is read in its full and its short form', () => {
  fc.assert(
    fc.property(bytes16, fc.integer({ min: 0, max: 16 }), (bytes, zeros) => {
      bytes.fill(0, 4, 4 + Math.min(zeros, 12));
      expect(parseAddress(groups(bytes))).toEqual(bytes);
      expect(parseAddress(urlText(groups(bytes)))).toEqual(bytes);
    }),
  );
});

test('any text is an address or is none, as for the oracle', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'0123456789abcf:.'), maxLength: 24 }), (text) => {
      if (!text.includes(':')) return;
      const isAddress = URL.canParse(`http://[${text}]/`);
      expect(parseAddress(text) !== undefined).toBe(isAddress);
    }),
    { numRuns: 5_000 },
  );
});

test('a uid is itself again', () => {
  fc.assert(
    fc.property(bytes16, (bytes) => {
      expect(parseUid(uidText(bytes))).toEqual(bytes);
    }),
  );
});

test.each([
  ['10.244.1.7', [10, 244, 1, 7]],
  ['0.0.0.0', [0, 0, 0, 0]],
  ['10.244.1.256', undefined],
  ['10.244.1', undefined],
  ['None', undefined],
  ['', undefined],
])('%s', (text, expected) => {
  expect(parseAddress(text)).toEqual(expected === undefined ? undefined : Uint8Array.from(expected));
});

test('IPv4 is v4-mapped', () => {
  const into = new Uint8Array(16).fill(7);
  expect(toMapped(Uint8Array.of(1, 2, 3, 4), into)).toBe(true);
  expect(into).toEqual(parseAddress('::ffff:1.2.3.4'));
  expect(toMapped(Uint8Array.of(1, 2, 3), into)).toBe(false);
});
