import { Client, type ClientDuplexStream, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import {
  type AgentMessage,
  agentService,
  channelOptions,
  type CollectorMessage,
  columnPlans,
  compressBlocks,
  crc32c,
  MINIMUM_PROTOCOL_VERSION,
  PROTOCOL_VERSION,
} from '@tomte/wire';
import type { SealedSecond } from '../store/request-stream.ts';

export interface SimAgentOptions {
  readonly port: number;
  readonly token: string;
  readonly spoolId: bigint;
  readonly node: number;
}

/** The collector's view of an agent: a connection and a stream of its own, batches within the credits. */
export class SimAgent {
  readonly #client: Client;
  readonly #stream: ClientDuplexStream<AgentMessage, CollectorMessage>;
  readonly #waiting: SealedSecond[] = [];
  readonly #idle: (() => void)[] = [];
  #batchCredit = 0;
  #byteCredit = 0;
  #unanswered = 0;
  #failure: Error | undefined;

  constructor({ port, token, spoolId, node }: SimAgentOptions) {
    // Without a pool of its own all agents of this process would share one connection.
    const options = { ...channelOptions, 'grpc.use_local_subchannel_pool': 1 };
    this.#client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), options);
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${token}`);
    const { path, requestSerialize, responseDeserialize } = agentService.connect;
    this.#stream = this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata);
    this.#stream.on('data', (message: CollectorMessage) => this.#receive(message));
    this.#stream.on('error', (error: ServiceError) => this.#fail(error));
    this.#stream.write({ kind: { $case: 'hello', hello: helloOf(spoolId, node) } });
  }

  send(batch: SealedSecond): void {
    this.#waiting.push(batch);
    this.#flush();
  }

  /** Resolves when every batch is committed. */
  async settled(): Promise<void> {
    while (this.#failure === undefined && this.#waiting.length + this.#unanswered > 0)
      await new Promise<void>((resolve) => this.#idle.push(resolve));
    if (this.#failure !== undefined) throw this.#failure;
  }

  close(): void {
    this.#stream.removeAllListeners('error');
    this.#stream.on('error', () => undefined); // Our own end of it.
    this.#stream.cancel();
    this.#client.close();
  }

  #receive({ kind }: CollectorMessage): void {
    if (kind?.$case === 'welcome') this.#addCredit(kind.welcome.credit);
    else if (kind?.$case === 'credit') this.#addCredit(kind.credit);
    else if (kind?.$case === 'pulse') this.#stream.write({ kind: { $case: 'pulse', pulse: kind.pulse } });
    else if (kind?.$case === 'nack')
      this.#fail(new Error(`batch ${kind.nack.seq} was refused: ${kind.nack.detail}`));
    else if (kind?.$case === 'ack') {
      for (const { first, last } of kind.ack.ranges) this.#unanswered -= last - first + 1;
      if (this.#unanswered === 0) this.#wake();
    }
  }

  #addCredit(credit: { readonly batches: number; readonly bytes: number } | undefined): void {
    this.#batchCredit += credit?.batches ?? 0;
    this.#byteCredit += credit?.bytes ?? 0;
    this.#flush();
  }

  #flush(): void {
    while (this.#batchCredit > 0 && this.#byteCredit > 0) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      const { payload: blocks, node: _, ...where } = next;
      const compressed = compressBlocks(blocks); // As an agent sends it.
      const payloadCrc32c = crc32c(compressed.payload);
      const batch = { ...where, table: 'requests', ...compressed, payloadCrc32c, resent: false };
      this.#batchCredit -= 1;
      this.#byteCredit -= blocks.length;
      this.#unanswered += 1;
      this.#stream.write({ kind: { $case: 'batch', batch } });
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}

function helloOf(spoolId: bigint, node: number) {
  return {
    protocolVersion: PROTOCOL_VERSION,
    minimumProtocolVersion: MINIMUM_PROTOCOL_VERSION,
    schemas: Object.values(columnPlans).map(({ table, hash }) => ({ table, hash })),
    agentId: `agent-${node}`,
    bootId: 'bench',
    spoolId,
    wallNs: BigInt(Date.now()) * 1_000_000n,
    monotonicNs: process.hrtime.bigint(),
    version: '0.0.0',
    hostName: `node-${node}`,
    firstUnacknowledgedSeq: 1,
    entityFeedId: 0n,
    entityVersion: 0,
  };
}
