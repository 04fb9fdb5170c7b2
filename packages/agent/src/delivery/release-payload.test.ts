import { expect, test } from 'vitest';
import { releasePayload } from './release-payload.ts';

const LARGE_BYTES = 65_537;

test('a payload is gone, and its memory with it', () => {
  const before = process.memoryUsage().arrayBuffers;
  const payload = new Uint8Array(16 * 1024 * 1024 + 7);
  expect(process.memoryUsage().arrayBuffers).toBeGreaterThanOrEqual(before + payload.length);
  const { length } = payload;
  releasePayload(payload.subarray(0, LARGE_BYTES));
  expect(payload).toHaveLength(0);
  expect(process.memoryUsage().arrayBuffers).toBeLessThan(before + length);
});

test('a small one, which may share its memory with others, stays', () => {
  const [one, other] = [Buffer.from('eleven byte'), Buffer.from('thirteen byte')];
  releasePayload(one);
  expect([one.toString(), other.toString()]).toEqual(['eleven byte', 'thirteen byte']);
});
