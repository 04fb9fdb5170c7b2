import { expect, it } from 'vitest';
import { observe, streamsProgram } from './live-harness.ts';

const MESSAGES = 4001;
const MESSAGE_BYTES = 1009;

it('accounts exactly for what a ring that is too small could not take', async () => {
  const { accounts, recorder, said } = await observe(streamsProgram(`flood:${String(MESSAGES)}`), {
    ringDataBytes: 64 << 10,
  });
  const ends = (JSON.parse(said) as { ends: { sent: number }[] }).ends; // streams.py prints it so.
  expect(ends[0]?.sent).toBe(MESSAGES * MESSAGE_BYTES);

  const { socketData, shipped } = accounts;
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  expect(sum(socketData.droppedEvents)).toBeGreaterThan(0);
  expect(shipped.events + sum(socketData.droppedEvents)).toBe(socketData.capturedEvents);
  expect(shipped.attachedBytes + sum(socketData.droppedBytes)).toBe(socketData.capturedBytes);
  expect(socketData.capturedBytes).toBe(2 * MESSAGES * MESSAGE_BYTES);

  // The same from the outside: the holes between the pieces are what the loss rows say.
  const lostBytes = recorder.losses
    .filter(({ source, reason }) => source === 'socket_data' && reason === 'ring_full')
    .reduce((total, { bytes }) => total + Number(bytes ?? 0n), 0);
  const seenBytes = [...recorder.pieces.values()]
    .flat()
    .reduce((total, { trueBytes }) => total + trueBytes, 0);
  expect(seenBytes + lostBytes).toBe(2 * MESSAGES * MESSAGE_BYTES);

  // And the ends of the connection are told all the same: they have a ring of their own.
  const closed = recorder.connections.filter(({ kind }) => kind === 'closed');
  expect(closed.map(({ sentBytes, receivedBytes }) => sentBytes + receivedBytes)).toEqual([
    MESSAGES * MESSAGE_BYTES,
    MESSAGES * MESSAGE_BYTES,
  ]);
});
