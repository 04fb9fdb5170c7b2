import { Server } from '@grpc/grpc-js';
import { agentService, channelOptions, widenServerWindows } from '@tomte/wire';
import type { AgentCall } from './agent-session.ts';
import type { CollectorTls } from './collector-options.ts';
import { toCredentials } from './credentials.ts';
import { collectorErrors } from './errors.ts';

/** A connection without a stream on it. */
const IDLE_CONNECTION_MS = 60_000;

export interface GrpcServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens for agents. Throws COLLECTOR_CANNOT_LISTEN. */
export async function listen(
  address: string,
  tls: CollectorTls | undefined,
  connected: (call: AgentCall) => void,
): Promise<GrpcServer> {
  const server = new Server({ ...channelOptions, 'grpc.max_connection_idle_ms': IDLE_CONNECTION_MS });
  server.addService(agentService, { connect: connected });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(address, toCredentials(tls), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(collectorErrors.cannotListen(address, error));
    });
  });
  const narrowWindows = widenServerWindows();
  return {
    port,
    async close() {
      narrowWindows();
      server.forceShutdown();
      await Promise.resolve();
    },
  };
}
