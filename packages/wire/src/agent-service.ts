import type { MethodDefinition } from '@grpc/grpc-js';
import { encodeBatchMessage } from './batch-message.ts';
import { AgentMessage, CollectorMessage } from './gen/agent.ts';

/** gRPC wants a Buffer: a view of the encoder's bytes, not a copy. */
function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
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
    responseSerialize: (message: CollectorMessage) => toBuffer(CollectorMessage.encode(message).finish()),
    responseDeserialize: (bytes: Buffer) => CollectorMessage.decode(bytes),
  } satisfies MethodDefinition<AgentMessage, CollectorMessage>,
};
