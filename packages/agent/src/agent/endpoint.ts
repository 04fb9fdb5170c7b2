import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { rm } from 'node:fs/promises';
import { agentErrors } from '../errors.ts';

/** Where the agent answers questions about this moment: a unix socket, or a port of the loopback interface. */
export type EndpointAddress =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'loopback'; readonly host: '127.0.0.1' | '::1'; readonly port: number };

export interface Endpoint {
  /** The port that was given, where it was asked for as 0. */
  readonly port: number;
  close(): Promise<void>;
}

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]']);
const MAX_HEADER_BYTES = 8_192;
const REQUEST_TIMEOUT_MS = 5_000;

/**
 * Serves each answer as JSON under its path. Only GET, only to this machine: a page in a browser is refused
 * by its Host or Origin.
 * @throws AppError AGENT_ENDPOINT_UNAVAILABLE
 */
export async function openEndpoint(
  address: EndpointAddress,
  answers: Readonly<Record<string, () => unknown>>,
): Promise<Endpoint> {
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      requestTimeout: REQUEST_TIMEOUT_MS,
      headersTimeout: REQUEST_TIMEOUT_MS,
    },
    (request, response) => answer(request, response, { answers, isLoopback: address.kind === 'loopback' }),
  );
  if (address.kind === 'socket') await rm(address.path, { force: true });
  await listen(server, address);
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, address: EndpointAddress): Promise<void> {
  const where = address.kind === 'socket' ? address.path : `${address.host}:${address.port}`;
  return new Promise((resolve, reject) => {
    server.once('error', (thrown) => reject(agentErrors.endpointUnavailable(where, thrown)));
    if (address.kind === 'socket') server.listen({ path: address.path }, resolve);
    else server.listen({ host: address.host, port: address.port }, resolve);
  });
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  of: { answers: Readonly<Record<string, () => unknown>>; isLoopback: boolean },
): void {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  const isForeign = of.isLoopback && (!loopbackNames.has(host) || request.headers.origin !== undefined);
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  const make = Object.hasOwn(of.answers, path) ? of.answers[path] : undefined;
  if (isForeign) send(response, 403, { code: 'AGENT_ENDPOINT_FOREIGN' });
  else if (request.method !== 'GET') send(response, 405, { code: 'AGENT_ENDPOINT_METHOD' });
  else if (make === undefined) send(response, 404, { code: 'AGENT_ENDPOINT_PATH' });
  else send(response, 200, make());
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(
    JSON.stringify(body, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)),
  );
}
