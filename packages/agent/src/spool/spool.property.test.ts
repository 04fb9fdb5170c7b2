import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { systemClock } from '@tomte/kit';
import { expect, onTestFinished, test } from 'vitest';
import { Compression } from '@tomte/wire';
import { SEGMENT_HEADER_BYTES, encodeSegmentHeader, scanSegment } from './segment-scan.ts';
import { openSpool } from './spool.ts';
import type { SpoolLoss } from './spool-options.ts';
import { encodeRecordHeader, toRecordHeader } from './spool-record.ts';

/** A segment with these payloads, and where each record ends. */
function makeSegment(payloads: readonly Uint8Array[]): { bytes: Buffer; ends: number[] } {
  const parts: Uint8Array[] = [encodeSegmentHeader(99n, 1)];
  const ends: number[] = [];
  let end = SEGMENT_HEADER_BYTES;
  payloads.forEach((payload, index) => {
    const batch = {
      table: 'requests',
      day: 3,
      rows: index + 1,
      firstTimeNs: 5n,
      lastTimeNs: 7n,
      completeToNs: 6n,
      compression: Compression.NONE,
      blockBytes: payload.length,
      payload,
    } as const;
    const header = encodeRecordHeader(toRecordHeader(index + 1, batch));
    parts.push(header, payload);
    end += header.length + payload.length;
    ends.push(end);
  });
  return { bytes: Buffer.concat(parts), ends };
}

const seqsOf = (bytes: Buffer) => scanSegment(bytes).records.map((record) => record.header.seq);
const payloads = fc.array(fc.uint8Array({ maxLength: 61 }), { minLength: 1, maxLength: 7 });

test('a segment cut at any byte gives exactly the records before the cut, and counts nothing', () => {
  fc.assert(
    fc.property(payloads, (list) => {
      const { bytes, ends } = makeSegment(list);
      for (let cut = SEGMENT_HEADER_BYTES; cut <= bytes.length; cut += 1) {
        const scan = scanSegment(bytes.subarray(0, cut));
        const whole = ends.filter((end) => end <= cut);
        expect(scan.records.map((record) => record.header.seq)).toEqual(whole.map((_, index) => index + 1));
        expect(scan.damages).toEqual([]);
        expect(scan.keptBytes).toBe(whole.at(-1) ?? SEGMENT_HEADER_BYTES);
      }
    }),
    { numRuns: 37 },
  );
});

test('one damaged byte loses one record at most, and that one is counted', () => {
  fc.assert(
    fc.property(payloads, fc.integer({ min: 1, max: 255 }), (list, flip) => {
      const { bytes, ends } = makeSegment(list);
      for (let position = SEGMENT_HEADER_BYTES; position < bytes.length; position += 1) {
        const damaged = Buffer.from(bytes);
        damaged[position] = (damaged[position] ?? 0) ^ flip;
        const hit = ends.findIndex((end) => position < end) + 1;
        expect(seqsOf(damaged)).toEqual(list.map((_, index) => index + 1).filter((seq) => seq !== hit));
        // In the last record, a name length that leads past the end of the file looks like a write cut off.
        const isLast = hit === list.length;
        expect(scanSegment(damaged).damages.length).toBeGreaterThanOrEqual(
          isLast && (list.at(-1)?.length ?? 0) < 8 ? 0 : 1,
        );
        expect(scanSegment(damaged).damages.length).toBeLessThanOrEqual(1);
      }
    }),
    { numRuns: 23 },
  );
});

test('random bytes give no record and end', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 4_000 }), (bytes) => {
      expect(seqsOf(Buffer.concat([encodeSegmentHeader(1n, 1), bytes]))).toEqual([]);
    }),
  );
});

test('a write cut off at any byte: the next run has the batches before it and goes on', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tomte-spool-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const losses: SpoolLoss[] = [];
  const options = { directory, clock: systemClock(), onLoss: (loss: SpoolLoss) => losses.push(loss) };
  const { bytes, ends } = makeSegment([1, 2, 3].map((seq) => new Uint8Array(13).fill(seq)));
  const before = await openSpool(options);
  const spoolId = before.spoolId;
  await before.close();
  encodeSegmentHeader(spoolId, 1).copy(bytes);
  const state = await readFile(join(directory, 'state'));
  for (let cut = 0; cut <= bytes.length; cut += 3) {
    for (const name of await readdir(directory)) {
      if (name.endsWith('.segment')) await rm(join(directory, name));
    }
    await writeFile(join(directory, '0000000000000001.segment'), bytes.subarray(0, cut));
    await writeFile(join(directory, 'state'), state);
    const spool = await openSpool(options);
    const kept = ends.filter((end) => end <= cut).length;
    expect(spool.stats.batches).toBe(kept);
    expect(spool.nextSeq()).toBe(kept + 1);
    spool.append(kept + 1, {
      table: 'loss',
      day: 1,
      rows: 1,
      firstTimeNs: 1n,
      lastTimeNs: 1n,
      completeToNs: 1n,
      compression: Compression.NONE,
      blockBytes: 5,
      payload: new Uint8Array(5),
    });
    await spool.durable();
    expect(spool.stats.batches).toBe(kept + 1);
    await spool.close();
  }
  expect(losses).toEqual([]);
});
