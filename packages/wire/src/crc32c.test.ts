import { describe, expect, test } from 'vitest';
import { crc32c } from './crc32c.ts';

const ascending = Uint8Array.from({ length: 32 }, (_, index) => index);

/** RFC 3720 appendix B.4, and the check value of the catalogue of CRCs ("123456789"). */
const vectors: readonly [string, Uint8Array, number][] = [
  ['32 bytes of zeroes', new Uint8Array(32), 0x8a9136aa],
  ['32 bytes of ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['32 incrementing bytes', ascending, 0x46dd794e],
  ['32 decrementing bytes', ascending.slice().reverse(), 0x113fdb5c],
  [
    'an iSCSI SCSI Read (10) command PDU',
    Uint8Array.from(
      Buffer.from(
        '01c00000000000000000000000000000140000000000040000000014000000182800000000000000' +
          '0200000000000000',
        'hex',
      ),
    ),
    0xd9963a56,
  ],
  ['the digits 1 to 9', Uint8Array.from(Buffer.from('123456789')), 0xe3069283],
  ['nothing', new Uint8Array(0), 0],
];

describe('crc32c', () => {
  test.each(vectors)('%s', (_name, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected);
  });

  test('made in pieces at every split', () => {
    for (let split = 0; split <= ascending.length; split += 1) {
      expect(crc32c(ascending.subarray(split), crc32c(ascending.subarray(0, split)))).toBe(0x46dd794e);
    }
  });
});
