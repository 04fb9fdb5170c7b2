import { randomRows, TEST_DAY_START_NS } from '@tomte/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlockBuilder } from './block-builder.ts';
import type { BlockFaultCode } from './block-fault.ts';
import { columnPlanOf, dayOf } from './column-plan.ts';
import { stampBatch } from './delivery-columns.ts';
import { inspectBlocks } from './inspect-blocks.ts';

const plan = columnPlanOf('requests');
const delivery = {
  clusterName: 'c',
  hostName: 'node-ä',
  agentId: 'a',
  spoolId: 2n ** 64n - 1n,
  batchSeq: 23n,
};
const expected = { spoolId: delivery.spoolId, batchSeq: 23n, rows: 7, day: dayOf(TEST_DAY_START_NS) };

function sealed(rows = 7, seed = 1) {
  const builder = new BlockBuilder('requests', { maxRows: 1000, maxBytes: 1_000_000 });
  for (const row of randomRows('requests', { count: rows, seed })) builder.append(row);
  return builder.seal(delivery);
}

function codeOf(bytes: Uint8Array, changes: Partial<typeof expected> = {}): BlockFaultCode | 'ok' {
  const outcome = inspectBlocks(bytes, plan, { expected: { ...expected, ...changes } });
  return outcome.ok ? 'ok' : outcome.error.code;
}

describe('inspectBlocks', () => {
  it('accepts what the builder seals and sees the same range', () => {
    const block = sealed();
    const outcome = inspectBlocks(block.payload, plan, { expected });
    expect(outcome).toMatchObject({
      ok: true,
      value: { rows: 7, blocks: 1, firstTimeNs: block.firstTimeNs, lastTimeNs: block.lastTimeNs },
    });
  });

  it('accepts several blocks of one batch', () => {
    const both = Buffer.concat([sealed(3, 1).payload, sealed(4, 2).payload]);
    expect(codeOf(both)).toBe('ok');
  });

  it.each<[string, Partial<typeof expected>, BlockFaultCode]>([
    ['another spool', { spoolId: 1n }, 'BLOCK_BATCH_MISMATCH'],
    ['another sequence number', { batchSeq: 24n }, 'BLOCK_BATCH_MISMATCH'],
    ['another number of rows', { rows: 8 }, 'BLOCK_ROWS_MISMATCH'],
    ['another day', { day: expected.day + 1 }, 'BLOCK_TIME_MISMATCH'],
  ])('refuses rows of %s', (_, changes, code) => {
    expect(codeOf(sealed().payload, changes)).toBe(code);
  });

  it('refuses the blocks of another table', () => {
    const outcome = inspectBlocks(sealed().payload, columnPlanOf('loss'), { expected });
    expect(outcome).toMatchObject({ ok: false, error: { code: 'BLOCK_COLUMN_MISMATCH' } });
  });

  it('accepts a column that only older agents send, in its place alone', () => {
    const block = Buffer.from(sealed(3).payload);
    const older = (before: string): Buffer => {
      const at = block.indexOf(`${String.fromCharCode(before.length)}${before}`);
      const column = Buffer.concat([Buffer.from('\x08pair_key\x06UInt64'), Buffer.alloc(3 * 8, 1)]);
      const count = Buffer.from([(block[0] ?? 0) + 1]);
      return Buffer.concat([count, block.subarray(1, at), column, block.subarray(at)]);
    };
    expect(codeOf(older('unpaired_reason'), { rows: 3 })).toBe('ok');
    expect(codeOf(older('service_name'), { rows: 3 })).toBe('BLOCK_COLUMN_MISMATCH');
  });

  it('refuses every proper prefix', () => {
    const { payload } = sealed(3);
    for (let length = 0; length < payload.length; length += 1) {
      expect(codeOf(payload.subarray(0, length), { rows: 3 }), `prefix of ${length} bytes`).not.toBe('ok');
    }
  });

  it('refuses bytes behind the last block', () => {
    expect(codeOf(Buffer.concat([sealed().payload, Buffer.from([1])]))).toBe('BLOCK_TRUNCATED');
  });

  it('refuses an enum number that has no name', () => {
    const { payload } = sealed(1);
    const bytes = Buffer.from(payload);
    bytes[bytes.indexOf('outcome\x04Int8') + 12] = 6;
    expect(codeOf(bytes, { rows: 1 })).toBe('BLOCK_VALUE_INVALID');
  });

  it('never throws and never accepts random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4096 }), (bytes) => codeOf(bytes) !== 'ok'),
      { numRuns: 2000 },
    );
  });

  it('never throws on a damaged block', () => {
    const { payload } = sealed();
    const damage = fc.array(fc.tuple(fc.nat(payload.length - 1), fc.nat(255)), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(damage, (changes) => {
        const bytes = Uint8Array.from(payload);
        for (const [at, value] of changes) bytes[at] = value;
        codeOf(bytes);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('stampBatch', () => {
  it('gives a sealed block its number in place', () => {
    const { payload, rows } = sealed();
    expect(stampBatch(payload, rows, { spoolId: 5n, batchSeq: 6n })).toBe(true);
    expect(codeOf(payload, { spoolId: 5n, batchSeq: 6n })).toBe('ok');
  });

  it('leaves bytes alone that are not a block of that many rows', () => {
    const { payload, rows } = sealed();
    const before = Uint8Array.from(payload);
    expect(stampBatch(payload, rows + 1, { spoolId: 5n, batchSeq: 6n })).toBe(false);
    expect(stampBatch(new Uint8Array(3), 1, { spoolId: 5n, batchSeq: 6n })).toBe(false);
    expect(payload).toEqual(before);
  });
});

describe('BlockBuilder', () => {
  it('takes back a half-filled row', () => {
    const builder = new BlockBuilder('loss', { maxRows: 10, maxBytes: 100_000 });
    const [row] = randomRows('loss', { count: 1, seed: 3 });
    if (row === undefined) throw new Error('no row');
    builder.append(row);
    const size = builder.sizeBytes;
    builder.columns.start_time.put(1n);
    builder.columns.reason.put('ring_full');
    builder.columns.events.put(null);
    expect(() => builder.seal(delivery)).toThrow(/cannot seal/);
    builder.rollbackRow();
    expect(builder.sizeBytes).toBe(size);
    expect(builder.seal(delivery).rows).toBe(1);
  });

  it('is full at its limits', () => {
    const builder = new BlockBuilder('loss', { maxRows: 3, maxBytes: 100_000 });
    const taken = randomRows('loss', { count: 5, seed: 4 }).map((row) => builder.append(row));
    expect(taken).toEqual([true, true, true, false, false]);
  });

  it('gives the same bytes for the same rows, also when its memory is used again', () => {
    const builder = new BlockBuilder('requests', { maxRows: 1000, maxBytes: 1_000_000 });
    const seal = () => {
      for (const row of randomRows('requests', { count: 97, seed: 11 })) builder.append(row);
      return builder.seal(delivery).payload;
    };
    expect(seal()).toEqual(seal());
  });
});
