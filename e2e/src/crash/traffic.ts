import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  type LaunchedProgram,
  Launcher,
  type Nginx,
  readRequestLog,
  startNginx,
  startTraffic,
} from '@tomte/workloads';
import type { LoggedRequest } from '@tomte/workloads';

/** Both ports together: enough that a batch is nearly always under way, little enough for a small machine. */
const RATE_PER_SECOND = 200;
const CONNECTIONS = 4;
/** Clients are started anew after so long: connections come and go, and some live through a kill. */
const ROUND_SECONDS = 6;

/** Unmodified nginx and the Python client, over HTTP and HTTPS, without an end until it is stopped. */
export class Traffic {
  readonly launcher = new Launcher();
  readonly #directory: string;
  readonly #prefixes: string[] = [];
  #nginx: Nginx | undefined;
  #client: LaunchedProgram | undefined;
  #isStopped = false;
  #running: Promise<void> = Promise.resolve();

  constructor(directory: string) {
    this.#directory = directory;
  }

  async start(): Promise<void> {
    mkdirSync(this.#directory, { recursive: true });
    this.#nginx = await startNginx({ launcher: this.launcher, directory: this.#directory });
    this.#running = this.#go(this.#nginx);
    this.#running.catch(() => undefined); // `stop` tells it.
  }

  /** No new client is started; resolves when the last one has had all its answers. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  /** Ends every program at once. */
  async close(): Promise<void> {
    this.#isStopped = true;
    this.#client?.stop('SIGKILL');
    await this.#running.catch(() => undefined);
    await this.launcher.close();
  }

  get ports(): { readonly http: number; readonly https: number } {
    return { http: this.#nginx?.httpPort ?? 0, https: this.#nginx?.httpsPort ?? 0 };
  }

  /** What nginx says. */
  serverLog(): LoggedRequest[] {
    return this.#nginx === undefined ? [] : readRequestLog(this.#nginx.accessLog);
  }

  /** What the clients say. */
  clientLog(): LoggedRequest[] {
    return this.#prefixes.flatMap((prefix) => readRequestLog(join(this.#directory, `${prefix}.client.log`)));
  }

  async #go(nginx: Nginx): Promise<void> {
    for (let round = 0; !this.#isStopped; round += 1) {
      const prefix = `k${round}x`;
      const { launcher } = this;
      this.#client = await startTraffic({
        ...{ launcher, nginx, prefix, directory: this.#directory },
        ...{ count: (ROUND_SECONDS * RATE_PER_SECOND) / 2, connections: CONNECTIONS },
        ...{ ratePerSecond: RATE_PER_SECOND, hasUpstream: false },
      });
      this.#prefixes.push(prefix);
      await this.#client.ended;
    }
  }
}
