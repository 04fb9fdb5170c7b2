import { describe, expect, it } from 'vitest';
import { isAscii, toByteText, toReadable } from './text.ts';

const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);

describe('byte text', () => {
  it.each([
    ['Uint8Array', all],
    ['Buffer', Buffer.from(all)],
    ['a view', new Uint8Array([7, ...all, 7]).subarray(1, 257)],
  ])('has one character a byte, from a %s', (_, bytes) => {
    const text = toByteText(bytes, 0, 256);
    expect(Array.from(text, (character) => character.charCodeAt(0))).toEqual([...all]);
    expect(toByteText(bytes, 65, 68)).toBe('ABC');
    expect(toByteText(bytes, 5, 5)).toBe('');
  });

  it('is ASCII when every character is', () => {
    expect(isAscii('')).toBe(true);
    expect(isAscii(toByteText(all, 0, 128))).toBe(true);
    for (let byte = 128; byte < 256; byte += 1) expect(isAscii(`a${String.fromCharCode(byte)}b`)).toBe(false);
  });

  it('is read as UTF-8 where it is, and as latin1 otherwise', () => {
    expect(toReadable('plain')).toBe('plain');
    expect(toReadable('\xc3\xbc \xe2\x82\xac')).toBe('ü €');
    expect(toReadable('\xef\xbb\xbfx')).toBe('\ufeffx');
    for (const broken of ['\xff', '\xc3', 'a\xe2\x82', '\xc0\x80', '\xed\xa0\x80'])
      expect(toReadable(broken)).toBe(broken);
  });
});
