import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import type { ApiServer } from '@tomte/k8s';

/** Requests in flight while a cluster is made. */
const PARALLEL = 32;

/** Writes objects as controllers and kubelets would, over connections that stay. */
export class ApiWriter {
  readonly #server: ApiServer;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: PARALLEL });
  readonly #authorization: string;
  #requests = 0;

  constructor(server: ApiServer) {
    this.#server = server;
    this.#authorization = `Bearer ${readFileSync(server.tokenFile ?? '', 'utf8').trim()}`;
  }

  get requests(): number {
    return this.#requests;
  }

  /** Rejects unless the status is 2xx. */
  send(method: string, path: string, body?: unknown): Promise<unknown> {
    this.#requests += 1;
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = {
      authorization: this.#authorization,
      'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
      'content-length': Buffer.byteLength(text),
    };
    return new Promise((resolve, reject) => {
      const options = { method, headers, agent: this.#agent, ca: this.#server.ca };
      const sent = request(new URL(path, this.#server.url), options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const answer = Buffer.concat(chunks).toString('utf8');
          if ((response.statusCode ?? 500) < 300) resolve(JSON.parse(answer));
          else reject(new Error(`${method} ${path}: ${response.statusCode} ${answer.slice(0, 300)}`));
        });
      });
      sent.on('error', reject);
      sent.end(text);
    });
  }

  /** Does one thing for each item, some at a time. */
  async each<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < items.length) {
        const item = items[next] as T; // Proof: below the length.
        next += 1;
        await work(item);
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, worker));
  }

  close(): void {
    this.#agent.destroy();
  }
}
