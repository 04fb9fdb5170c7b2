import type { MethodDefinition } from '@grpc/grpc-js';
import { encodeBatchMessage } from './batch-message.ts';
import { AgentMessage, CollectorMessage } from './gen/agent.ts';
import type { EntityUpdate } from './gen/agent.ts';

/** gRPC wants a Buffer: a view of the encoder's bytes, not a copy. */
function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A collector's message that was encoded before, once for many agents. */
interface EncodedCollectorMessage {
  readonly encoded: Uint8Array;
}
/** What a collector writes on a stream. */
export type CollectorOutput = CollectorMessage | EncodedCollectorMessage;

/** Bytes of one message about the cluster, for any number of streams. */
export function encodeEntities(entities: EntityUpdate): Uint8Array {
  return CollectorMessage.encode({ kind: { $case: 'entities', entities } }).finish();
}

export const CONNECT_PATH = '/tomte.v1.Agent/Connect';

/** `tomte.v1.Agent` for grpc-js. A decoded payload is a view into the message's bytes. */
export const agentService = {
  connect: {
    path: CONNECT_PATH,
    requestStream: true,
    responseStream: true,
    requestSerialize: ({ kind }: AgentMessage) =>
      kind?.$case === 'batch'
        ? encodeBatchMessage(kind.batch)
        : toBuffer(AgentMessage.encode({ kind }).finish()),
    requestDeserialize: (bytes: Buffer) => AgentMessage.decode(bytes),
    responseSerialize: (message: CollectorOutput) =>
      toBuffer('encoded' in message ? message.encoded : CollectorMessage.encode(message).finish()),
    responseDeserialize: (bytes: Buffer) => CollectorMessage.decode(bytes),
  } satisfies MethodDefinition<AgentMessage, CollectorOutput>,
};
