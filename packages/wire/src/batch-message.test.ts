import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodeBatchMessage } from './batch-message.ts';
import { AgentMessage, Compression } from './gen/agent.ts';
import type { Batch } from './gen/agent.ts';

/** Made by an encoder that is not ours: see agent-messages.test.ts. */
const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, '../testdata/messages-v1.golden.json'), 'utf8'),
) as Readonly<Record<string, string>>; // Proof: the file maps names to hexadecimal text.

const batch: Batch = {
  seq: 4_294_967_311,
  table: 'requests',
  day: 19_675,
  rows: 23,
  firstTimeNs: 1_700_000_000_000_000_001n,
  lastTimeNs: 1_700_000_001_000_000_003n,
  payloadCrc32c: 0xe3069283,
  resent: true,
  payload: Uint8Array.from([1, 2, 3, 5, 7]),
  compression: Compression.NONE,
  blockBytes: 0,
};

test('the bytes of a foreign encoder', () => {
  expect(encodeBatchMessage(batch).toString('hex')).toBe(golden['batch']);
});

/** Where a length takes one byte more, of the payload or of the batch around it; and the usual size. */
const payloadSizes = [0, 1, 71, 73, 127, 128, 16_311, 16_383, 16_384, 1_048_583, 2_097_151, 2_097_152];

test.each(payloadSizes)('the bytes of the generated encoder for a payload of %i', (size) => {
  const payload = Buffer.alloc(size, 'seventeen bytes, ');
  for (const each of [
    { ...batch, payload },
    { ...batch, payload, seq: 0, table: '', resent: false },
  ]) {
    const expected = AgentMessage.encode({ kind: { $case: 'batch', batch: each } }).finish();
    expect(encodeBatchMessage(each).equals(expected)).toBe(true);
  }
});

test('of a compressed batch the fields in another order, which every decoder takes', () => {
  const payload = Buffer.alloc(16_411, 'seventeen bytes, ');
  const compressed = { ...batch, payload, compression: Compression.ZSTD, blockBytes: 1_048_583 };
  const expected = AgentMessage.encode({ kind: { $case: 'batch', batch: compressed } }).finish();
  const bytes = encodeBatchMessage(compressed);
  expect(bytes.length).toBe(expected.length);
  expect(AgentMessage.decode(bytes)).toEqual(AgentMessage.decode(Buffer.from(expected)));
});
