import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decompress } from './decompress.ts';

const rows = (count: number): Buffer =>
  Buffer.from(Array.from({ length: count }, (_, at) => `row ${at * at}`).join('\n'));
const text = rows(1_009);
const longText = rows(20_011);
const bomb = Buffer.alloc(1 << 26);

const codings = [
  ['gzip', 'gzip', gzipSync],
  ['deflate', 'deflate', deflateSync],
  ['deflate without its header', 'deflate', deflateRawSync],
  ['br', 'br', brotliCompressSync],
  ['zstd', 'zstd', zstdCompressSync],
] as const;

describe.each(codings)('%s', (_, encoding, compress) => {
  it('gives the beginning of a body, up to the limit', () => {
    const bytes = compress(text);
    expect(decompress(encoding, bytes, 2_048)).toEqual(text.subarray(0, 2_048));
    expect(decompress(encoding, bytes, 7)).toEqual(text.subarray(0, 7));
  });

  it('gives what the first 2 KiB hold, when the rest was not kept, or says that they hold too little', () => {
    const found = decompress(encoding, compress(longText).subarray(0, 2_048), 2_048);
    if (encoding === 'zstd') return expect(found).toBeUndefined();
    expect(found).toEqual(longText.subarray(0, 2_048));
  });

  it('gives nothing of nothing', () => {
    expect(decompress(encoding, compress(Buffer.alloc(0)), 2_048)).toHaveLength(0);
  });

  it('gives no more than the limit of a body that grows a thousandfold', () => {
    const found = decompress(encoding, compress(bomb), 2_048);
    expect(found ?? Buffer.alloc(0)).toEqual(bomb.subarray(0, found?.length ?? 0));
    expect(found?.length ?? 0).toBeLessThanOrEqual(2_048);
  });
});

describe('bytes of another coding', () => {
  it.each(['gzip', 'deflate', 'br', 'zstd'] as const)('are told from %s', (encoding) => {
    expect(decompress(encoding, Buffer.from('GET / is no coding'), 2_048)).toBeUndefined();
  });
});
