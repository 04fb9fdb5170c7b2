import { describe, expect, it } from 'vitest';
import { addTallies, emptyTally, parseCountLine, toCountLine, withFailure } from './tally.ts';

describe('parseCountLine', () => {
  const cases = [
    { why: 'the full form', output: 'noise\n3 passed, 1 failed, 2 skipped\n', counts: [3, 1, 2] },
    { why: 'without skipped', output: '30 passed, 0 failed', counts: [30, 0, 0] },
    { why: 'blank lines at the end', output: '1 passed, 0 failed\n\n\n', counts: [1, 0, 0] },
  ];
  it.each(cases)('reads $why', ({ output, counts }) => {
    const tally = parseCountLine(output);
    expect([tally?.passedCount, tally?.failedCount, tally?.skippedCount]).toEqual(counts);
  });

  const foreign = ['', 'all good', '3 passed, 1 failed\nbye', 'so 3 passed, 1 failed'];
  it.each(foreign)('finds none in %j', (output) => expect(parseCountLine(output)).toBeUndefined());
});

describe('a tally', () => {
  it('adds up, and prints what it parses', () => {
    const sum = addTallies(
      { ...emptyTally, passedCount: 2, skippedCount: 1 },
      withFailure(emptyTally, 'killed'),
    );
    expect(toCountLine(sum)).toBe('2 passed, 1 failed, 1 skipped');
    expect(sum.failures).toEqual(['killed']);
    expect(parseCountLine(toCountLine(sum))).toMatchObject({
      passedCount: 2,
      failedCount: 1,
      skippedCount: 1,
    });
  });
});
