import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TimeLine } from './time-line.ts';

/** What a column of 64 bits would hold. */
function putInto(timeLine: TimeLine, atNs: number): bigint {
  let value = 0n;
  timeLine.putWallNs({ putHalves: (low, high) => (value = (BigInt(high) << 32n) | BigInt(low)) }, atNs);
  return value;
}

test('a time in halves is the time, around every border of 32 bits and before the origin', () => {
  const border = fc.tuple(fc.bigInt({ min: 0n, max: 2n ** 31n }), fc.integer({ min: -3, max: 3 }));
  const wallNs = fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** 62n }),
    border.map(([words, by]) => (words << 32n) + BigInt(by)),
  );
  const atNs = fc.oneof(
    fc.maxSafeInteger(),
    fc.double({ min: -1e15, max: 9e15, noNaN: true }),
    fc.tuple(fc.nat({ max: 2_000_000 }), fc.integer({ min: -3, max: 3 })).map(([n, by]) => n * 2 ** 32 + by),
  );
  fc.assert(
    fc.property(wallNs, atNs, fc.boolean(), (wall, at, isSetLater) => {
      const timeLine = new TimeLine({ monotonicNs: 0n, wallNs: isSetLater ? 0n : wall });
      if (isSetLater) timeLine.set(0, wall);
      expect(putInto(timeLine, at)).toBe(BigInt.asUintN(64, timeLine.wallNs(at)));
    }),
    { numRuns: 3_000 },
  );
});
