import { describe, expect, it } from 'vitest';
import { HttpFuzzer } from '../testing/http-fuzzer.ts';

/** What `pnpm fuzz` does for as long as one likes, for a moment. */
describe('the HTTP parser under broken conversations', () => {
  it('neither throws, hangs, leaks, guesses nor counts a byte twice', () => {
    const fuzzer = new HttpFuzzer(20_261_125);
    for (let execution = 0; execution < 50_021; execution += 1) fuzzer.execute(execution);
    expect(fuzzer.executionCount).toBe(50_021);
    expect(fuzzer.exchangeCount).toBeGreaterThan(10_000);
  });
});
