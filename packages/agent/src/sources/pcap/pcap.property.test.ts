import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CaptureReader } from './capture-reader.ts';
import { dissect } from './tcp-segment.ts';
import { TcpStream } from './tcp-stream.ts';

/** Puts a stream together from what a `TcpStream` tells; absent bytes are dots. */
function collect(): { text: () => string; stream: TcpStream; absentBytes: () => number } {
  let text = '';
  let absentBytes = 0;
  const stream = new TcpStream({
    bytes(position, bytes) {
      expect(position).toBe(text.length);
      text += Buffer.from(bytes).toString('latin1');
    },
    absent(position, count) {
      expect(position).toBe(text.length);
      text += '.'.repeat(count);
      absentBytes += count;
    },
  });
  return { stream, text: () => text, absentBytes: () => absentBytes };
}

const content = Array.from({ length: 211 }, (_, index) => String.fromCharCode(97 + (index % 26))).join('');

test('segments in any order, overlapping and sent again, around a wrap, give the stream', () => {
  const pieces = fc.array(fc.tuple(fc.nat(210), fc.integer({ min: 1, max: 40 })), { maxLength: 40 });
  fc.assert(
    fc.property(pieces, fc.nat({ max: 0xffff_ffff }), (extra, start) => {
      const { stream, text, absentBytes } = collect();
      stream.begin(start);
      const whole = Array.from({ length: 22 }, (_, index): [number, number] => [index * 10, 10]);
      for (const [at, length] of [...extra, ...whole.reverse()]) {
        const bytes = Buffer.from(content.slice(at, at + length), 'latin1');
        if (bytes.length > 0) stream.segment((start + at) >>> 0, bytes, bytes.length);
      }
      expect([text(), absentBytes()]).toEqual([content, 0]);
    }),
    { numRuns: 211 },
  );
});

test('what the other end acknowledged and the capture lacks is absent, and nothing else is', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(20), { maxLength: 20 }), (lost) => {
      const { stream, text, absentBytes } = collect();
      stream.begin(7);
      for (let piece = 0; piece < 21; piece += 1) {
        const bytes = Buffer.from(content.slice(piece * 10, piece * 10 + 10), 'latin1');
        if (!lost.includes(piece)) stream.segment(7 + piece * 10, bytes, bytes.length);
      }
      stream.acknowledge(7 + 210);
      stream.giveUp(false);
      expect([text().length, absentBytes()]).toEqual([210, lost.length * 10]);
    }),
    { numRuns: 97 },
  );
});

test('no bytes make the readers throw or loop', () => {
  const magics = [
    [0xd4, 0xc3, 0xb2, 0xa1],
    [0xa1, 0xb2, 0x3c, 0x4d],
    [0x0a, 0x0d, 0x0d, 0x0a],
  ];
  const file = fc.tuple(fc.constantFrom(...magics, []), fc.uint8Array({ maxLength: 400 }));
  fc.assert(
    fc.property(file, fc.constantFrom(0, 1, 101, 113, 276), ([magic, rest], linkType) => {
      const bytes = Buffer.concat([Buffer.from(magic), rest]);
      const reader = new CaptureReader();
      reader.push(bytes);
      let steps = 0;
      for (let result = reader.next(); result.kind === 'packet' && steps < 1_000; result = reader.next())
        steps += 1;
      expect(steps).toBeLessThan(1_000);
      dissect(linkType, bytes, bytes.length);
    }),
    { numRuns: 2_003 },
  );
});
