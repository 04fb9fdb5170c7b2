import type { ProtocolParser } from '../contract.ts';
import { HttpConnection } from './connection.ts';
import { recognise } from './recognise.ts';

/** HTTP/1.0 and 1.1 (RFC 9110, RFC 9112). */
export const http: ProtocolParser = {
  name: 'http',
  recognise,
  connect: (options, sink) => new HttpConnection(options, sink),
};
