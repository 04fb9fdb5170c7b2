import { Agent, request } from 'node:https';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { K8sError } from './errors.ts';

/** Where the API server is, and how it knows us. */
export interface ApiServer {
  /** `https://host:port` */
  readonly url: string;
  /** Certificates of its authority in PEM; without them those of the system. */
  readonly ca?: string;
  /** Read again for every request: kubelet renews projected tokens. */
  readonly tokenFile?: string;
  /** Client certificate and key in PEM, in place of a token. */
  readonly cert?: string;
  readonly key?: string;
}

/** A page of 500 pods takes some 5 MB; the pods of a node without pages at most as much. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const MAX_ERROR_CHARACTERS = 512;
const REQUEST_TIMEOUT_MS = 60_000;
/** A connection to a machine that has gone is found out within 40 seconds. */
const KEEP_ALIVE_MS = 30_000;

export interface ApiRequest {
  /** Path and query. */
  readonly path: string;
  readonly accept?: string;
  /** Given, it is posted as JSON. */
  readonly body?: object;
  readonly signal?: AbortSignal;
}

/**
 * HTTPS to the API server over connections that are used again. It knows three things of Kubernetes: bearer tokens,
 * `Status` answers, `Retry-After`.
 */
export class ApiClient {
  readonly #server: ApiServer;
  readonly #agent: Agent;
  #requestCount = 0;

  /** @param maxConnections at once; further requests wait for one */
  constructor(server: ApiServer, maxConnections = Infinity) {
    this.#server = server;
    const { ca, cert, key } = server;
    const maxSockets = maxConnections;
    this.#agent = new Agent({ keepAlive: true, keepAliveMsecs: KEEP_ALIVE_MS, maxSockets, ca, cert, key });
  }

  /** Requests that were sent, each watch being one. */
  get requestCount(): number {
    return this.#requestCount;
  }

  /** The JSON of an answer 200 or 201. Throws a K8sError otherwise. */
  async getJson(ask: ApiRequest): Promise<unknown> {
    const response = await this.#send(ask, REQUEST_TIMEOUT_MS);
    const chunks: Buffer[] = [];
    let bytes = 0;
    await readAll(response, (chunk) => {
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES)
        response.destroy(
          new K8sError('K8S_ANSWER_TOO_LARGE', `the answer is longer than ${MAX_ANSWER_BYTES} bytes`),
        );
      else chunks.push(chunk);
    });
    return JSON.parse(Buffer.concat(chunks, bytes).toString('utf8')) as unknown;
  }

  /**
   * Hands over an answer 200 piece by piece until it ends, or is silent for too long. Throws a K8sError when there is
   * none, or it breaks off.
   */
  async stream(
    ask: ApiRequest,
    { silenceMs, opened }: { silenceMs: number; opened: () => void },
    onChunk: (chunk: Buffer) => void,
  ): Promise<void> {
    const response = await this.#send(ask, silenceMs);
    opened();
    await readAll(response, onChunk);
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(ask: ApiRequest, silenceMs: number): Promise<IncomingMessage> {
    this.#requestCount += 1;
    const headers = {
      accept: ask.accept ?? 'application/json',
      'user-agent': 'tomte',
      ...this.#authorization(),
      ...(ask.body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    return new Promise((resolve, reject) => {
      const sent = request(new URL(ask.path, this.#server.url), {
        agent: this.#agent,
        method: ask.body === undefined ? 'GET' : 'POST',
        headers,
        signal: ask.signal,
      });
      sent.on('socket', (socket) => socket.setKeepAlive(true, KEEP_ALIVE_MS));
      sent.setTimeout(silenceMs, () => sent.destroy(new Error(`silent for ${silenceMs / 1000} s`)));
      sent.on('error', (error) => reject(unreachable(error)));
      sent.on('response', (response) => {
        if (response.statusCode === 200 || response.statusCode === 201) resolve(response);
        else void refusal(response, ask.path).then(reject);
      });
      sent.end(ask.body === undefined ? undefined : JSON.stringify(ask.body));
    });
  }

  #authorization(): { authorization?: string } {
    const { tokenFile } = this.#server;
    if (tokenFile === undefined) return {};
    try {
      return { authorization: `Bearer ${readFileSync(tokenFile, 'utf8').trim()}` };
    } catch (cause) {
      throw new K8sError('K8S_TOKEN_UNREADABLE', `the token ${tokenFile} cannot be read`, { cause });
    }
  }
}

function readAll(response: IncomingMessage, onChunk: (chunk: Buffer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    response.on('data', (chunk: Buffer) => {
      try {
        onChunk(chunk);
      } catch (error) {
        response.destroy(error instanceof Error ? error : new Error(String(error)));
      }
    });
    response.on('end', () => resolve());
    response.on('error', (error) => reject(error instanceof K8sError ? error : unreachable(error)));
  });
}

function unreachable(cause: Error): K8sError {
  return new K8sError('K8S_API_UNREACHABLE', `the API server is not reached: ${cause.message}`, { cause });
}

async function refusal(response: IncomingMessage, path: string): Promise<K8sError> {
  const status = response.statusCode ?? 0;
  let text = '';
  await readAll(response, (chunk) => {
    if (text.length < MAX_ERROR_CHARACTERS) text += chunk.toString('utf8');
  }).catch(() => undefined); // The status alone says enough.
  const code = status === 401 || status === 403 ? 'K8S_API_REFUSED' : 'K8S_API_FAILED';
  const facts = `the API server answers ${status} to ${path.split('?')[0]}: ${messageOf(text)}`;
  const retryAfterSeconds = Number(response.headers['retry-after'] ?? 0) || 0;
  return new K8sError(code, facts, { status, retryAfterSeconds });
}

/** A `Status` object's message; proxies before the API server answer with other texts. */
function messageOf(text: string): string {
  const message = /"message":\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? text;
  return message.replaceAll(/[^\x20-\x7e]+/g, ' ').slice(0, 200);
}
