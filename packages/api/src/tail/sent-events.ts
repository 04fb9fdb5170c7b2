import type { ServerResponse } from 'node:http';

/** Server-sent events (WHATWG HTML §9.2) on a response that nothing else writes to. */
export class SentEvents {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
  }

  /** The reader has not taken what was sent before. */
  get isFull(): boolean {
    return this.#response.writableNeedDrain;
  }

  send(event: string, value: unknown): void {
    this.#response.write(`event: ${event}\ndata: ${JSON.stringify(value)}\n\n`);
  }

  /** Keeps the connection from looking idle. */
  beat(): void {
    if (!this.isFull) this.#response.write(':\n\n');
  }

  end(): void {
    this.#response.end();
  }
}
