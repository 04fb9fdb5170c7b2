import { describe, expect, it } from 'vitest';
import { latin1 } from '../testing/recorder.ts';
import { FieldCache, findHeadEnd } from './field-cache.ts';
import { parseFields } from './fields.ts';

function read(lines: string): { headers: [string, string][]; malformedLines: number } {
  const bytes = latin1(`before${lines}behind`);
  const { headers, malformedLines } = parseFields(bytes, 6, 6 + lines.length);
  return { headers: [...headers], malformedLines };
}

describe('fields', () => {
  it('are joined when repeated, whatever their case, also among more names than are remembered', () => {
    const many = Array.from({ length: 1_511 }, (_, at) => `X-${(at * 7919) % 1009}: ${at}\r\n`).join('');
    const expected = new Map<string, string>();
    for (let at = 0; at < 1_511; at += 1) {
      const name = `x-${(at * 7919) % 1009}`;
      const before = expected.get(name);
      expected.set(name, before === undefined ? String(at) : `${before}, ${at}`);
    }
    for (let times = 0; times < 3; times += 1) expect(read(many).headers).toEqual([...expected]);
    expect(read('A: 1\r\nb: 2\r\na: 3\r\nA:\r\n').headers).toEqual([
      ['a', '1, 3, '],
      ['b', '2'],
    ]);
  });

  it('are told from longer and shorter names that begin alike', () => {
    for (let times = 0; times < 2; times += 1) {
      expect(read('Accept: 1\r\nAccept-Encoding: 2\r\n').headers.map(([name]) => name)).toEqual([
        'accept',
        'accept-encoding',
      ]);
      expect(read('Accept-Encoding: 2\r\nAccept: 1\r\n').headers.map(([name]) => name)).toEqual([
        'accept-encoding',
        'accept',
      ]);
    }
  });

  it('that are none are counted', () => {
    expect(read('A: 1\r\nno colon\r\n: x\r\n folded onto nothing\r\nB@: 2\r\nC: 3\r\n')).toEqual({
      headers: [
        ['a', '1'],
        ['c', '3'],
      ],
      malformedLines: 4,
    });
  });

  it('end with the last line feed', () => {
    expect(read('A: 1\r\nB: cut')).toEqual({ headers: [['a', '1']], malformedLines: 0 });
    expect(read('')).toEqual({ headers: [], malformedLines: 0 });
  });
});

describe('blocks of fields', () => {
  it('are shared from the second time on when all their bytes are the same, and only then', () => {
    const cache = new FieldCache();
    const blockOf = (text: string): unknown => {
      const bytes = latin1(text);
      return cache.read(bytes, 0, bytes.length)?.fields;
    };
    const once = blockOf('A: 12345678901234567890\r\n\r\n');
    const first = blockOf('A: 12345678901234567890\r\n\r\n');
    expect(first).not.toBe(once);
    expect(first).toEqual(once);
    expect(blockOf('A: 12345678901234567890\r\n\r\n')).toBe(first);
    for (let at = 3; at < 23; at += 1) {
      const text = 'A: 12345678901234567890\r\n\r\n';
      const other = `${text.slice(0, at)}x${text.slice(at + 1)}`;
      expect(blockOf(other)).toMatchObject({ headers: new Map([['a', other.slice(3, 23).trim()]]) });
    }
  });

  it('need their empty line within the limit', () => {
    const bytes = latin1('A: 1\r\n\r\nB');
    const cache = new FieldCache();
    for (let to = 0; to < 8; to += 1) expect(cache.read(bytes, 0, to)).toBeUndefined();
    expect(cache.read(bytes, 0, 8)?.text).toBe('A: 1\r\n\r\n');
  });

  it.each([
    ['x\r\n\r\ny', 5],
    ['x\n\ny', 3],
    ['x\n\r\ny', 4],
    ['x\r\n\r', -1],
    ['x\r\n', -1],
    ['x\r\n\rx\n\n', 7],
  ])('end behind the first empty line: %j', (text, end) => {
    expect(findHeadEnd(latin1(text), 0)).toBe(end);
  });
});
