import { readFile } from 'node:fs/promises';
import {
  Client,
  type ClientDuplexStream,
  type ChannelCredentials,
  credentials,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import {
  type AgentMessage,
  agentService,
  channelOptions,
  type CollectorMessage,
  columnPlans,
} from '@tomte/wire';

export interface StreamEnd {
  /** gRPC's number of a status; 0 is OK. */
  readonly code: number;
  readonly details: string;
}

export interface ForeignTls {
  readonly credentials: ChannelCredentials;
  /** Name on the collector's certificate, where it is not that of the address. */
  readonly serverName?: string;
}

/** An agent of a test's own that says over real gRPC whatever it is told, bytes that are no message too. */
export class ForeignAgent {
  readonly ended: Promise<StreamEnd>;
  readonly #client: Client;
  readonly #stream: ClientDuplexStream<Uint8Array, CollectorMessage>;
  readonly #heard: CollectorMessage[] = [];
  #wake = (): void => undefined;

  /** @param token none is shown where it is undefined */
  constructor(
    address: string,
    token: string | undefined,
    tls: ForeignTls = { credentials: credentials.createInsecure() },
  ) {
    const metadata = new Metadata();
    if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
    const name = tls.serverName === undefined ? {} : { 'grpc.ssl_target_name_override': tls.serverName };
    this.#client = new Client(address, tls.credentials, { ...channelOptions, ...name });
    this.#stream = this.#client.makeBidiStreamRequest(
      agentService.connect.path,
      (bytes: Uint8Array) => Buffer.from(bytes),
      agentService.connect.responseDeserialize,
      metadata,
    );
    this.#stream.on('data', (message: CollectorMessage) => {
      this.#heard.push(message);
      this.#wake();
    });
    this.ended = new Promise((resolve) => {
      this.#stream.on('error', ({ code, details }: ServiceError) => resolve({ code, details }));
      this.#stream.on('end', () => resolve({ code: 0, details: '' }));
    });
  }

  send(message: AgentMessage): void {
    this.sendBytes(agentService.connect.requestSerialize(message));
  }

  sendBytes(bytes: Uint8Array): void {
    this.#stream.write(bytes);
  }

  sayHello(version: number): void {
    const hello = {
      protocolVersion: version,
      minimumProtocolVersion: version,
      schemas: Object.values(columnPlans).map(({ table, hash }) => ({ table, hash })),
      agentId: 'foreign',
      bootId: 'foreign',
      spoolId: 7_919n,
      wallNs: 1n,
      monotonicNs: 1n,
      version: '0',
      hostName: 'foreign',
      firstUnacknowledgedSeq: 1,
      entityFeedId: 0n,
      entityVersion: 0,
    };
    this.send({ kind: { $case: 'hello', hello } });
  }

  /** The first message of a kind. */
  async heard<Kind extends Kinds>(kind: Kind): Promise<Extract<Spoken, { $case: Kind }>> {
    for (;;) {
      const found = this.#heard.find((message) => message.kind?.$case === kind)?.kind;
      if (found !== undefined) return found as Extract<Spoken, { $case: Kind }>; // Proof: its $case was just looked at.
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  close(): void {
    this.#stream.cancel();
    this.#client.close();
  }
}

type Spoken = NonNullable<CollectorMessage['kind']>;
type Kinds = Spoken['$case'];

export async function readTokenOf(dataDir: string): Promise<string> {
  return (await readFile(`${dataDir}/ingest.token`, 'utf8')).trim();
}
