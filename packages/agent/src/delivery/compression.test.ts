import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { systemClock } from '@tomte/kit';
import { agentService, Compression, compressBlocks, crc32c, knownCompressions } from '@tomte/wire';
import type { AgentMessage, Batch, CollectorMessage } from '@tomte/wire';
import { expect, onTestFinished, test } from 'vitest';
import { openSpool } from '../spool/spool.ts';
import { startDelivery } from './delivery.ts';

const blocks = Buffer.alloc(70_001, 'rows repeat themselves, ');

/** A collector that says what it can expand, and the first batch that it gets; its credit is one batch of 1 byte. */
async function firstBatch(compressions: readonly Compression[]): Promise<Batch> {
  const server = new Server();
  const received = new Promise<Batch>((resolve) => {
    const connect = (call: ServerDuplexStream<AgentMessage, CollectorMessage>): void => {
      call.on('error', () => undefined);
      call.on('data', ({ kind }: AgentMessage) => {
        if (kind?.$case === 'batch') resolve(kind.batch);
        if (kind?.$case !== 'hello') return;
        const credit = { batches: 1, bytes: 1 };
        const welcome = { protocolVersion: 1, collectorId: 'c', maxBatchBytes: 1_000_000, clusterName: '' };
        call.write({
          kind: { $case: 'welcome', welcome: { ...welcome, credit, compressions: [...compressions] } },
        });
      });
    };
    server.addService(agentService, { connect });
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  onTestFinished(() => server.forceShutdown());
  await sendOne(port);
  return received;
}

async function sendOne(port: number): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'tomte-delivery-'));
  const clock = systemClock();
  const spool = await openSpool({ directory, clock, onLoss: () => undefined });
  const times = { firstTimeNs: 5n, lastTimeNs: 7n, completeToNs: 3n };
  spool.append(spool.nextSeq(), { table: 'loss', day: 3, rows: 11, ...times, ...compressBlocks(blocks) });
  const identity = { agentId: 'a', bootId: 'b', hostName: 'h', version: '0' };
  const delivery = startDelivery({ spool, clock, identity, addresses: [`127.0.0.1:${port}`] });
  onTestFinished(async () => {
    delivery.close();
    await spool.close();
    await rm(directory, { recursive: true });
  });
}

test('a batch goes as it lies in the spool to a collector that can expand it', async () => {
  const batch = await firstBatch(knownCompressions);
  expect(batch).toMatchObject({ rows: 11, compression: Compression.ZSTD, blockBytes: 70_001 });
  expect(batch.payload.length).toBeLessThan(2_000);
  expect(batch.payloadCrc32c).toBe(crc32c(batch.payload));
});

test('a collector of the first day, which knows no compression, gets the blocks themselves', async () => {
  const batch = await firstBatch([]);
  expect(batch).toMatchObject({ rows: 11, compression: Compression.NONE, blockBytes: 70_001 });
  expect(blocks.equals(batch.payload)).toBe(true);
  expect(batch.payloadCrc32c).toBe(crc32c(blocks));
});
