import { join } from 'node:path';
import {
  type LaunchedProgram,
  Launcher,
  type Nginx,
  type PythonService,
  readRequestLog,
  startCurl,
  startNginx,
  startPythonService,
  startTraffic,
} from '@tomte/workloads';
import type { DemoLogs } from './logs.ts';

const RATE_PER_SECOND = 120;
const CONNECTIONS = 4;
const CURL_INTERVAL_MS = 1_500;
const SMALL_TARGETS = ['/tiny', '/page', '/error', '/api/slow'] as const;
/** The Python client is started anew after so many seconds of traffic, so that connections come and go. */
const ROUND_SECONDS = 10;

/** Unmodified programs that make known traffic: nginx, a Python service behind it, Python and curl before it. */
export class DemoWorkload {
  readonly launcher = new Launcher();
  readonly #directory: string;
  readonly #targets: readonly string[];
  #nginx: Nginx | undefined;
  #service: PythonService | undefined;
  readonly #prefixes: string[] = [];
  #round = 0;

  /** @param options.isSmall without bodies of 10 MiB, which would make a large recording */
  constructor(directory: string, options: { readonly isSmall?: boolean } = {}) {
    this.#directory = directory;
    this.#targets = options.isSmall === true ? SMALL_TARGETS : [...SMALL_TARGETS, '/large'];
  }

  async start(): Promise<void> {
    const { launcher } = this;
    const directory = this.#directory;
    this.#service = await startPythonService(launcher, directory);
    this.#nginx = await startNginx({ launcher, directory, upstreamPort: this.#service.port });
  }

  /** Makes traffic for so long; every program ends by itself. */
  async run(seconds: number, signal: AbortSignal): Promise<void> {
    const deadline = performance.now() + seconds * 1_000;
    const curls = this.#curlNowAndThen(deadline, signal);
    while (performance.now() < deadline && !signal.aborted) {
      const left = Math.min(ROUND_SECONDS, Math.max(1, (deadline - performance.now()) / 1_000));
      await (
        await this.#startRound(left)
      ).ended;
    }
    await curls;
  }

  /** Logs of the servers, and of the client that keeps one. */
  logs(): DemoLogs {
    const { nginx, service } = this.#started();
    const ports = { http: nginx.httpPort, https: nginx.httpsPort };
    return {
      servers: [
        { ports, lines: readRequestLog(nginx.accessLog) },
        { ports: { http: service.port }, lines: readRequestLog(service.accessLog) },
      ],
      clients: this.#prefixes.map((prefix) => ({
        ports,
        lines: readRequestLog(join(this.#directory, `${prefix}.client.log`)),
      })),
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
