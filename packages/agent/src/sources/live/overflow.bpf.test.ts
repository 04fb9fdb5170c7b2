import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
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

/** Of the rings of this process, by /proc/self/smaps (proc(5)). */
function mappedRingBytes(): number {
  const mappings = readFileSync('/proc/self/smaps', 'utf8').split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  const rings = mappings.filter((mapping) => /^.*bpf-map/.test(mapping));
  return rings.reduce((total, mapping) => total + Number(/^Rss: +(\d+) kB/m.exec(mapping)?.[1]) * 1024, 0);
}

it('reads a ring through a window: every byte of more than a round, and little of it mapped', async () => {
  const half = MESSAGES * MESSAGE_BYTES;
  let mappedBytes = 0;
  const { accounts, recorder } = await observe(
    streamsProgram(`flood:${String(MESSAGES)}`, 'in_two_parts', `flood:${String(MESSAGES)}`),
    { ringDataBytes: 8 << 20, ringLifecycleBytes: 64 << 10 },
    () => Promise.resolve(void (mappedBytes = mappedRingBytes())),
  );
  // The data's window of 1 MiB, the whole lifecycle ring of 64 KiB, as much again behind each, and the pages of positions.
  expect(mappedBytes).toBeGreaterThan(1 << 20);
  expect(mappedBytes).toBeLessThan(1.5 * (1 << 20));
  expect(accounts.shipped.attachedBytes).toBeGreaterThan(8 << 20);
  const floods = [...recorder.pieces.values()].filter(
    (pieces) => pieces.reduce((total, { trueBytes }) => total + trueBytes, 0) > half / 2,
  );
  expect(floods).toHaveLength(4);
  for (const pieces of floods)
    for (const { bytes, position } of pieces) expect(isPattern(bytes, position)).toBe(true);
});

/** The message of streams.py's floods. */
const message = createHash('shake128', { outputLength: MESSAGE_BYTES })
  .update(Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0))
  .digest();

function isPattern(bytes: Uint8Array, position: number): boolean {
  return bytes.every((byte, index) => byte === message[(position + index) % MESSAGE_BYTES]);
}
