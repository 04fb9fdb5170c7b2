import { join } from 'node:path';
import {
  type LaunchedProgram,
  Launcher,
  type Nginx,
  type Orders,
  type PythonService,
  readRequestLog,
  type Shopper,
  startCurl,
  startNginx,
  startOrders,
  startPythonService,
  startShopper,
  startTraffic,
} from '@tomte/workloads';
import type { DemoLogs } from './logs.ts';

const RATE_PER_SECOND = 120;
const CONNECTIONS = 4;
const CURL_INTERVAL_MS = 1_500;
/** Looks at orders in the demo with a fault. */
const ORDERS_PER_SECOND = 5;
const SMALL_TARGETS = ['/tiny', '/page', '/error', '/api/slow'] as const;
/** The Python client is started anew after so many seconds of traffic, so that connections come and go. */
const ROUND_SECONDS = 10;

export interface DemoWorkloadOptions {
  /** Without bodies of 10 MiB, which would make a large recording. */
  readonly isSmall?: boolean;
  /** With orders and their stock, which is slow from then on (ms since the epoch). */
  readonly slowFromMs?: number | undefined;
}

/** Unmodified programs that make known traffic: nginx, a Python service behind it, Python and curl before it. */
export class DemoWorkload {
  readonly launcher = new Launcher();
  readonly #directory: string;
  readonly #targets: readonly string[];
  readonly #slowFromMs: number | undefined;
  #nginx: Nginx | undefined;
  #service: PythonService | undefined;
  #orders: Orders | undefined;
  #shopper: Shopper | undefined;
  readonly #prefixes: string[] = [];
  #round = 0;

  constructor(directory: string, options: DemoWorkloadOptions = {}) {
    this.#slowFromMs = options.slowFromMs;
    this.#directory = directory;
    this.#targets = options.isSmall === true ? SMALL_TARGETS : [...SMALL_TARGETS, '/large'];
  }

  async start(): Promise<void> {
    const { launcher } = this;
    const directory = this.#directory;
    this.#service = await startPythonService(launcher, directory);
    if (this.#slowFromMs !== undefined)
      this.#orders = await startOrders({ launcher, directory, slowFromMs: this.#slowFromMs });
    const ordersPort = this.#orders?.orders.port;
    this.#nginx = await startNginx({
      launcher,
      directory,
      upstreamPort: this.#service.port,
      ...(ordersPort === undefined ? {} : { ordersPort }),
    });
  }

  /** Makes traffic for so long; every program ends by itself. */
  async run(seconds: number, signal: AbortSignal): Promise<void> {
    const deadline = performance.now() + seconds * 1_000;
    await this.#lookAtOrders(seconds);
    const curls = this.#curlNowAndThen(deadline, signal);
    while (performance.now() < deadline && !signal.aborted) {
      const left = Math.min(ROUND_SECONDS, Math.max(1, (deadline - performance.now()) / 1_000));
      await (
        await this.#startRound(left)
      ).ended;
    }
    await curls;
    if (signal.aborted) this.#shopper?.program.stop('SIGTERM');
    await this.#shopper?.program.ended;
  }

  /** Logs of the servers, and of the client that keeps one. */
  logs(): DemoLogs {
    const { nginx, service } = this.#started();
    const ports = { http: nginx.httpPort, https: nginx.httpsPort };
    const services = [service, this.#orders?.orders, this.#orders?.stock].filter((one) => one !== undefined);
    const clientLogs = this.#prefixes.map((prefix) => join(this.#directory, `${prefix}.client.log`));
    if (this.#shopper !== undefined) clientLogs.push(this.#shopper.accessLog);
    return {
      servers: [
        { ports, lines: readRequestLog(nginx.accessLog) },
        ...services.map(({ port, accessLog }) => ({
          ports: { http: port },
          lines: readRequestLog(accessLog),
        })),
      ],
      clients: clientLogs.map((file) => ({ ports, lines: readRequestLog(file) })),
    };
  }

  close(): Promise<void> {
    return this.launcher.close();
  }

  #startRound(seconds: number): Promise<LaunchedProgram> {
    const prefix = `r${this.#round++}x`;
    this.#prefixes.push(prefix);
    return startTraffic({
      launcher: this.launcher,
      directory: this.#directory,
      nginx: this.#started().nginx,
      prefix,
      count: Math.round((seconds * RATE_PER_SECOND) / 2),
      connections: CONNECTIONS,
      ratePerSecond: RATE_PER_SECOND,
      hasUpstream: true,
    });
  }

  async #lookAtOrders(seconds: number): Promise<void> {
    if (this.#orders === undefined) return;
    this.#shopper = await startShopper({
      launcher: this.launcher,
      directory: this.#directory,
      port: this.#started().nginx.httpPort,
      prefix: 'o',
      ratePerSecond: ORDERS_PER_SECOND,
      seconds,
    });
  }

  async #curlNowAndThen(deadline: number, signal: AbortSignal): Promise<void> {
    for (let index = 0; performance.now() < deadline && !signal.aborted; index += 1) {
      const scheme = index % 2 === 0 ? 'https' : 'http';
      const options = { launcher: this.launcher, directory: this.#directory, nginx: this.#started().nginx };
      const curl = await startCurl({ ...options, prefix: `c${index}x`, scheme, targets: this.#targets });
      await curl.ended;
      await new Promise((resolve) => setTimeout(resolve, CURL_INTERVAL_MS));
    }
  }

  #started(): { nginx: Nginx; service: PythonService } {
    if (this.#nginx === undefined || this.#service === undefined)
      throw new Error('the workload was not started');
    return { nginx: this.#nginx, service: this.#service };
  }
}
