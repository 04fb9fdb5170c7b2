import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AgentMessage, CollectorMessage, Compression, NackReason } from './gen/agent.ts';
import { negotiateVersion } from './protocol-version.ts';

/**
 * Bytes of version 1, made by an encoder that is not ours (`buf convert` from JSON). They never change:
 * an agent of the first day must be understood for ever.
 */
const golden: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(join(import.meta.dirname, '../testdata/messages-v1.golden.json'), 'utf8'),
);

const agentMessages: readonly [string, AgentMessage][] = [
  [
    'hello',
    {
      kind: {
        $case: 'hello',
        hello: {
          protocolVersion: 1,
          minimumProtocolVersion: 1,
          schemas: [{ table: 'requests', hash: 'ab12' }],
          agentId: 'agent-7',
          bootId: 'boot-11',
          spoolId: 0x1234_5678_9abc_def0n,
          wallNs: 1_700_000_000_123_456_789n,
          monotonicNs: 987_654_321n,
          version: '0.1.0',
          hostName: 'node-3',
          firstUnacknowledgedSeq: 41,
          entityFeedId: 0n,
          entityVersion: 0,
        },
      },
    },
  ],
  [
    'batch',
    {
      kind: {
        $case: 'batch',
        batch: {
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
        },
      },
    },
  ],
  [
    'compressed batch',
    {
      kind: {
        $case: 'batch',
        batch: {
          seq: 5,
          table: 'loss',
          day: 19_675,
          rows: 7,
          firstTimeNs: 11n,
          lastTimeNs: 13n,
          payloadCrc32c: 17,
          resent: false,
          payload: Uint8Array.from([2, 3, 5]),
          compression: Compression.ZSTD,
          blockBytes: 1_048_583,
        },
      },
    },
  ],
  ['agent pulse', { kind: { $case: 'pulse', pulse: { collectorTimeMs: 1_009 } } }],
];

const collectorMessages: readonly [string, CollectorMessage][] = [
  [
    'welcome',
    {
      kind: {
        $case: 'welcome',
        welcome: {
          protocolVersion: 1,
          collectorId: 'c-1',
          credit: { batches: 64, bytes: 8_388_608 },
          maxBatchBytes: 4_194_304,
          clusterName: 'north',
          compressions: [],
        },
      },
    },
  ],
  [
    'welcome that knows zstd',
    {
      kind: {
        $case: 'welcome',
        welcome: {
          protocolVersion: 1,
          collectorId: 'c-1',
          credit: { batches: 64, bytes: 8_388_608 },
          maxBatchBytes: 4_194_304,
          clusterName: 'north',
          compressions: [Compression.ZSTD],
        },
      },
    },
  ],
  ['ack', { kind: { $case: 'ack', ack: { upToSeq: 42, ranges: [{ first: 44, last: 47 }] } } }],
  [
    'nack',
    {
      kind: {
        $case: 'nack',
        nack: { seq: 43, reason: NackReason.CHECKSUM, detail: 'crc', retryable: false, lossRecorded: true },
      },
    },
  ],
  ['credit', { kind: { $case: 'credit', credit: { batches: 3, bytes: 65_537 } } }],
  ['collector pulse', { kind: { $case: 'pulse', pulse: { collectorTimeMs: 1_013 } } }],
];

/** Field 1000, varint 1, and field 1001, three bytes: what a later version might add. */
const unknownFields = Buffer.from('c03e01ca3e03616263', 'hex');

describe('messages keep their bytes', () => {
  test.each(agentMessages)('%s', (name, message) => {
    const bytes = Buffer.from(AgentMessage.encode(message).finish());
    expect(bytes.toString('hex')).toBe(golden[name]);
    expect(AgentMessage.decode(Buffer.concat([bytes, unknownFields])).kind?.$case).toBe(message.kind?.$case);
  });

  test.each(collectorMessages)('%s', (name, message) => {
    const bytes = Buffer.from(CollectorMessage.encode(message).finish());
    expect(bytes.toString('hex')).toBe(golden[name]);
    expect(CollectorMessage.decode(Buffer.concat([bytes, unknownFields]))).toEqual(message);
  });

  test('a kind of message from the future is no kind, not an error', () => {
    // Field 9, length-delimited, 2 bytes.
    expect(AgentMessage.decode(Buffer.from('4a020801', 'hex')).kind).toBeUndefined();
  });
});

describe('version negotiation', () => {
  test.each([
    ['the same', [1, 1], [1, 1], 1],
    ['the older of two', [1, 3], [1, 2], 2],
    ['an agent too old', [2, 3], [1, 1], undefined],
    ['an agent too new', [1, 2], [3, 4], undefined],
    ['a version that nobody set', [0, 0], [0, 0], undefined],
  ] as const)('%s', (_name, ours, theirs, expected) => {
    const range = ([minimum, maximum]: readonly [number, number]) => ({ minimum, maximum });
    expect(negotiateVersion(range(ours), range(theirs))).toBe(expected);
  });
});
