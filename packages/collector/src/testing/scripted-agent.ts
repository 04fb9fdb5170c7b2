import { Client, credentials, Metadata, status as grpcStatus } from '@grpc/grpc-js';
import type { ChannelCredentials, ClientDuplexStream, ServiceError } from '@grpc/grpc-js';
import { agentService, channelOptions, columnPlans, Compression, crc32c } from '@tomte/wire';
import type { AgentMessage, Batch, CollectorMessage, Hello, Nack } from '@tomte/wire';

export interface ScriptedAgentOptions {
  readonly port: number;
  readonly spoolId: bigint;
  readonly token?: string;
  readonly credentials?: ChannelCredentials;
  readonly hello?: Partial<Hello>;
  /** When false the agent never proves that it is still there. */
  readonly answersPulses?: boolean;
}

/** An agent that does what a test says, faults included, over real gRPC. */
export class ScriptedAgent {
  readonly #client: Client;
  readonly #stream: ClientDuplexStream<AgentMessage, CollectorMessage>;
  readonly #waiters = new Set<() => void>();
  readonly acknowledged = new Set<number>();
  readonly nacks = new Map<number, Nack>();
  creditBatches = 0;
  creditBytes = 0;
  isWelcome = false;
  answersPulses: boolean;
  ended: { code: grpcStatus; details: string } | undefined;

  constructor(options: ScriptedAgentOptions) {
    this.answersPulses = options.answersPulses ?? true;
    const { connect } = agentService;
    const metadata = new Metadata();
    if (options.token !== undefined) metadata.set('authorization', `Bearer ${options.token}`);
    const channel = options.credentials ?? credentials.createInsecure();
    this.#client = new Client(`localhost:${options.port}`, channel, channelOptions);
    this.#stream = this.#client.makeBidiStreamRequest(
      connect.path,
      connect.requestSerialize,
      connect.responseDeserialize,
      metadata,
    );
    this.#stream.on('data', (message: CollectorMessage) => this.#receive(message));
    this.#stream.on('error', (error: ServiceError) => this.#end(error.code, error.details));
    this.#stream.on('end', () => this.#end(grpcStatus.OK, ''));
    this.#sayHello(options);
  }

  get settledCount(): number {
    return this.acknowledged.size + this.nacks.size;
  }

  send(batch: Batch): void {
    this.#stream.write({ kind: { $case: 'batch', batch } });
  }

  /** Bytes that are no message of ours. */
  sendRaw(message: AgentMessage): void {
    this.#stream.write(message);
  }

  /** Resolves once the condition holds; it is looked at whenever a message came or the stream ended. */
  async until(condition: (agent: this) => boolean): Promise<void> {
    while (!condition(this)) await new Promise<void>((resolve) => this.#waiters.add(resolve));
  }

  /** As when the network breaks: nothing more is sent, nothing more is heard. */
  cut(): void {
    this.#stream.cancel();
    this.#client.close();
  }

  #sayHello(options: ScriptedAgentOptions): void {
    const hello: Hello = {
      protocolVersion: 1,
      minimumProtocolVersion: 1,
      schemas: Object.values(columnPlans).map(({ table, hash }) => ({ table, hash })),
      agentId: `agent-${options.spoolId}`,
      bootId: 'boot',
      spoolId: options.spoolId,
      wallNs: 1n,
      monotonicNs: 1n,
      version: '0.0.0',
      hostName: 'host',
      firstUnacknowledgedSeq: 1,
      entityFeedId: 0n,
      entityVersion: 0,
      ...options.hello,
    };
    this.#stream.write({ kind: { $case: 'hello', hello } });
  }

  #receive({ kind }: CollectorMessage): void {
    switch (kind?.$case) {
      case 'welcome':
        this.isWelcome = true;
        this.#credit(kind.welcome.credit?.batches ?? 0, kind.welcome.credit?.bytes ?? 0);
        break;
      case 'ack':
        for (const { first, last } of kind.ack.ranges)
          for (let seq = first; seq <= last; seq += 1) this.acknowledged.add(seq);
        break;
      case 'nack':
        this.nacks.set(kind.nack.seq, kind.nack);
        break;
      case 'credit':
        this.#credit(kind.credit.batches, kind.credit.bytes);
        break;
      case 'pulse':
        if (this.answersPulses) this.#stream.write({ kind: { $case: 'pulse', pulse: kind.pulse } });
        break;
      case 'entities':
      case undefined:
        break;
    }
    this.#wake();
  }

  #credit(batches: number, bytes: number): void {
    this.creditBatches += batches;
    this.creditBytes += bytes;
  }

  #end(code: grpcStatus, details: string): void {
    this.ended ??= { code, details };
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiters) resolve();
    this.#waiters.clear();
  }
}

/** The batch as the agent sends it; the checksum is made here. */
export function toBatch(
  parts: Omit<Batch, 'payloadCrc32c' | 'resent' | 'compression' | 'blockBytes'> & Partial<Batch>,
): Batch {
  const uncompressed = { compression: Compression.NONE, blockBytes: 0 };
  return { ...uncompressed, ...parts, resent: parts.resent ?? false, payloadCrc32c: crc32c(parts.payload) };
}
