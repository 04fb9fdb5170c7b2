import type { RequestListener } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { AggregatedOptions } from '../options.ts';

/**
 * Takes connections without a client certificate too, for bearer tokens: whether one was shown and verified is looked
 * at for each request. No session is resumed, since its certificate may be one that is no longer trusted.
 */
export function createTlsServer(
  { credentials, onRenewed, frontProxy }: AggregatedOptions,
  timeouts: Pick<ServerOptions, 'requestTimeout'>,
  listener: RequestListener,
): Server {
  let { certificate: cert, privateKey: key } = credentials;
  const context = () => ({ cert, key, ca: frontProxy.authorities(), minVersion: 'TLSv1.2' }) as const;
  const server = createServer(
    { ...context(), ...timeouts, requestCert: true, rejectUnauthorized: false, sessionTimeout: 1 },
    listener,
  );
  server.on('resumeSession', (_id, resume: (error: null, session: null) => void) => resume(null, null));
  frontProxy.onChange(() => server.setSecureContext(context()));
  onRenewed?.((renewed) => {
    ({ certificate: cert, privateKey: key } = renewed);
    server.setSecureContext(context());
  });
  return server;
}
