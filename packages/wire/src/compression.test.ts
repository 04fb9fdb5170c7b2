import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compressBlocks, expandBlocks } from './compression.ts';
import { Compression } from './gen/agent.ts';

const repeated = Buffer.alloc(100_003, 'columns repeat themselves; ');

test('what repeats itself becomes a small frame of RFC 8878', () => {
  const compressed = compressBlocks(repeated);
  expect(compressed).toMatchObject({ compression: Compression.ZSTD, blockBytes: 100_003 });
  expect(compressed.payload.length).toBeLessThan(2_000);
  expect(zstdDecompressSync(compressed.payload).equals(repeated)).toBe(true);
});

test('any bytes come back, and the memory that they were in may be used again', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_003 }), fc.nat(3), (part, times) => {
      const blocks = Buffer.concat(Array.from({ length: times + 1 }, () => part));
      const before = Buffer.from(blocks);
      const compressed = compressBlocks(blocks);
      blocks.fill(0x5a);
      expect(before.equals(expandBlocks(compressed) ?? Buffer.from('nothing'))).toBe(true);
    }),
  );
});

describe('nothing is expanded', () => {
  const { payload } = compressBlocks(repeated);
  const zstd = { compression: Compression.ZSTD, blockBytes: repeated.length, payload };
  const window = zstdCompressSync(Buffer.alloc(64), { params: {} });
  window[4] = 0xff; // Frame header descriptor untouched: its content is damaged.
  test.each([
    ['from a frame that holds more than it says', { ...zstd, blockBytes: repeated.length - 1 }],
    ['from a frame that holds less', { ...zstd, blockBytes: repeated.length + 1 }],
    ['from a part of a frame', { ...zstd, payload: payload.subarray(0, -3) }],
    ['from no frame', { ...zstd, payload: Buffer.from('no frame at all') }],
    ['from a damaged frame', { ...zstd, blockBytes: 64, payload: window }],
    ['from nothing', { ...zstd, blockBytes: 0, payload: Buffer.alloc(0) }],
    ['of an unknown compression', { ...zstd, compression: 7 as never }],
    ['that says another length', { ...zstd, compression: Compression.NONE, blockBytes: 3 }],
  ])('%s', (_, blocks) => {
    expect(expandBlocks(blocks)).toBeUndefined();
  });

  test('when a frame asks for more memory than a batch may take', () => {
    // RFC 8878 §3.1.1: no content size, a window of 2 ** 27 bytes.
    const frame = Buffer.from('28b52ffd0088010000', 'hex');
    expect(expandBlocks({ ...zstd, blockBytes: 1, payload: frame })).toBeUndefined();
  });
});
