import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { Asker } from '../access/cluster-access.ts';

/** The cluster's API server, which hands over requests and says whose they are. */
export interface FrontProxy {
  /** Authorities (PEM) of its client certificate, now. */
  authorities(): string;
  /** Who it says asks; undefined when a certificate of this common name may not say so, or nobody is named. */
  askerOf(commonName: string, headers: IncomingMessage['headersDistinct']): Asker | undefined;
  /** Calls back when the authorities are others. */
  onChange(callback: () => void): void;
}

/** The common name of a client certificate that one of the authorities has signed. */
export function verifiedNameOf({ socket }: IncomingMessage): string | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const name: unknown = socket.getPeerCertificate().subject?.CN;
  return typeof name === 'string' && name !== '' ? name : undefined;
}
