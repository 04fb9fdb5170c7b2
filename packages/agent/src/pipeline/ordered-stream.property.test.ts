import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OrderedStream } from './ordered-stream.ts';

const content = Buffer.from(Array.from({ length: 307 }, (_, index) => (index * 7) % 251));

test('every byte is handed on once or reported missing, in order, whatever comes', () => {
  const event = fc.record({
    position: fc.nat(300),
    length: fc.integer({ min: 0, max: 60 }),
    captured: fc.integer({ min: 0, max: 60 }),
    settles: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.array(event, { maxLength: 30 }),
      fc.integer({ min: 1, max: 400 }),
      (events, maxHeldBytes) => {
        let next = 0;
        const stream = new OrderedStream(
          { isSent: true, isPlaintext: false },
          { maxHeldBytes, lostReason: 'ring_full' },
          {
            bytes(_stream, bytes, position) {
              expect(position).toBe(next);
              expect(Buffer.compare(bytes, content.subarray(position, position + bytes.length))).toBe(0);
              next += bytes.length;
            },
            missing(_stream, hole) {
              expect(hole.position).toBe(next);
              expect(hole.count).toBeGreaterThan(0);
              next += hole.count;
            },
          },
        );
        stream.begin(0);
        for (const { position, length, captured, settles } of events) {
          const trueBytes = Math.min(length, content.length - position);
          const bytes = content.subarray(position, position + Math.min(captured, trueBytes));
          const cutReason = bytes.length < trueBytes ? 'capture_limit' : '';
          stream.push({ atNs: 0, position, trueBytes, bytes, cutReason });
          if (settles) stream.settle();
          expect(stream.nextPosition).toBe(next);
        }
        stream.settleTo(content.length, 0);
        expect([next, stream.heldBytes, stream.hasHole]).toEqual([content.length, 0, false]);
      },
    ),
    { numRuns: 1_009 },
  );
});
