import type { RequestListener } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { Socket } from 'node:net';
import type { AggregatedOptions } from '../options.ts';

/**
 * Takes connections without a client certificate too, for bearer tokens: whether one was shown and verified is looked
 * at for each request. No session is resumed and, once the authorities are others, no connection is kept: its
 * certificate may be one that is no longer trusted.
 */
export function createTlsServer(
  { credentials, onRenewed, frontProxy }: AggregatedOptions,
  timeouts: Pick<ServerOptions, 'requestTimeout'>,
  listener: RequestListener,
): Server {
  let { certificate: cert, privateKey: key } = credentials;
  const context = () =>
    ({ cert, key, ca: trustedBy(frontProxy.authorities()), minVersion: 'TLSv1.2' }) as const;
  const server = createServer(
    { ...context(), ...timeouts, requestCert: true, rejectUnauthorized: false, sessionTimeout: 1 },
    listener,
  );
  server.on('resumeSession', (_id, resume: (error: null, session: null) => void) => resume(null, null));
  const endConnections = connectionsOf(server);
  frontProxy.onChange(() => {
    server.setSecureContext(context());
    endConnections();
  });
  onRenewed?.((renewed) => {
    ({ certificate: cert, privateKey: key } = renewed);
    server.setSecureContext(context());
  });
  return server;
}

/** Node takes an empty text for "the system's own authorities"; an empty list trusts nobody. */
const trustedBy = (authorities: string): string[] => (authorities === '' ? [] : [authorities]);

/** Ends all that have begun so far, those that still shake hands too: they are verified by what was trusted then. */
function connectionsOf(server: Server): () => void {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return () => {
    for (const socket of sockets) socket.destroy();
  };
}
