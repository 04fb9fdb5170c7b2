import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeScratch } from '@tomte/tomte/scratch';
import {
  type LaunchedProgram,
  type Launcher,
  type LoggedRequest,
  type Nginx,
  type PythonService,
  readRequestLog,
  startCurl,
  startNginx,
  startPythonService,
  startTraffic,
  startWrk,
} from '@tomte/workloads';
import { until } from '../harness/until.ts';

/** Requests to each of the two ports: 5,003 + 4,994 + 7 + 3 = 10,007, a prime. */
const TRAFFIC_REQUESTS = 5_003;
const WRK_REQUESTS = 4_994;
const LARGE_DOWNLOADS = 7;
const LARGE_UPLOADS = 3;
export const REQUESTS = TRAFFIC_REQUESTS + WRK_REQUESTS + LARGE_DOWNLOADS + LARGE_UPLOADS;
const LARGE_BYTES = 10 * 1024 * 1024;

const CONNECTIONS = 50;
/** Of each of the two ports. */
const TRAFFIC_CONNECTIONS = 25;
/** Steady, so that the agent stays within its own budget of half a processor. */
const TRAFFIC_PER_SECOND = 220;
const WRK_THINK_MS = 450;
/** Of the programs that move large bodies, as curl writes it. */
const LARGE_RATE = '16M';
const TIMEOUT_SECONDS = 120;

/** A line of a log that waits for a disk holds up nginx, and its clock with it. */
const MEMORY = '/dev/shm';

type Scheme = 'http' | 'https';

export interface LoggedAt extends LoggedRequest {
  readonly serverPort: number;
}

/** nginx with a Python service behind it, asked by Python, curl and wrk at once. */
export class CompletenessWorkload {
  readonly nginx: Nginx;
  readonly service: PythonService;
  readonly keyLog: string;
  readonly #launcher: Launcher;
  readonly #directory: string;
  readonly #serverDirectory: string;

  private constructor(
    launcher: Launcher,
    directory: string,
    servers: { nginx: Nginx; service: PythonService; serverDirectory: string },
  ) {
    this.#launcher = launcher;
    this.#directory = directory;
    this.nginx = servers.nginx;
    this.service = servers.service;
    this.#serverDirectory = servers.serverDirectory;
    this.keyLog = join(directory, 'tls-keys.log');
  }

  static async start(launcher: Launcher, directory: string): Promise<CompletenessWorkload> {
    const service = await startPythonService(launcher, directory);
    const serverDirectory = await makeScratch('completeness', existsSync(MEMORY) ? MEMORY : directory);
    const nginx = await startNginx({
      launcher,
      directory: serverDirectory,
      upstreamPort: service.port,
      workers: 2,
      isRealTime: true,
    });
    return new CompletenessWorkload(launcher, directory, { nginx, service, serverDirectory });
  }

  get ports(): readonly number[] {
    return [this.nginx.httpPort, this.nginx.httpsPort];
  }

  /** Everything at once; the exit codes of the clients by their names, when nginx has logged all. */
  async run(): Promise<Readonly<Record<string, number | null>>> {
    const upload = join(this.#directory, 'upload.bin');
    writeFileSync(upload, randomBytes(LARGE_BYTES));
    writeFileSync(this.keyLog, '');
    const wrks = await Promise.all([this.#startWrk('http'), this.#startWrk('https')]);
    const traffic = await this.#startTraffic();
    const args = ['-X', 'PUT', '--data-binary', `@${upload}`, '-H', 'Transfer-Encoding: chunked'];
    const codes: Record<string, number | null> = {};
    // One at a time: each moves 10 MiB at the speed of memory between nginx and the service.
    for (const scheme of ['http', 'https'] as const) {
      codes[`downloads ${scheme}`] = await this.#runLarge(scheme, 'down', LARGE_DOWNLOADS);
      codes[`uploads ${scheme}`] = await this.#runLarge(scheme, 'up', LARGE_UPLOADS, args);
    }
    codes['traffic'] = await traffic.ended;
    await until(
      () => this.logged('http').length + this.logged('https').length,
      (count) => count >= 2 * REQUESTS,
    );
    // It sleeps for its whole time even when its threads have ended, unless it is woken.
    for (const wrk of wrks) wrk.stop('SIGINT');
    return { ...codes, 'wrk http': await wrks[0].ended, 'wrk https': await wrks[1].ended };
  }

  async close(): Promise<void> {
    await rm(this.#serverDirectory, { recursive: true, force: true });
  }

  /** nginx's access log of one port. */
  logged(scheme: Scheme): LoggedAt[] {
    const serverPort = this.#portOf(scheme);
    return readRequestLog(this.nginx.accessLog)
      .filter((line) => line.scheme === scheme && line.nonce !== '')
      .map((line) => ({ ...line, serverPort }));
  }

  /** What the Python client says that it was answered. */
  answered(scheme: Scheme): LoggedAt[] {
    const serverPort = this.#portOf(scheme);
    return readRequestLog(join(this.#directory, 't.client.log'))
      .filter((line) => line.scheme === scheme)
      .map((line) => ({ ...line, serverPort }));
  }

  /** What reached the service behind nginx. */
  forwarded(): LoggedAt[] {
    const serverPort = this.service.port;
    return readRequestLog(this.service.accessLog).map((line) => ({ ...line, serverPort }));
  }

  #portOf(scheme: Scheme): number {
    return scheme === 'https' ? this.nginx.httpsPort : this.nginx.httpPort;
  }

  #startTraffic(): Promise<LaunchedProgram> {
    return startTraffic({
      ...this.#common('t'),
      keyLog: this.keyLog,
      count: TRAFFIC_REQUESTS,
      connections: TRAFFIC_CONNECTIONS,
      ratePerSecond: TRAFFIC_PER_SECOND,
      hasUpstream: true,
    });
  }

  #startWrk(scheme: Scheme): Promise<LaunchedProgram> {
    return startWrk({
      ...this.#common(`w${scheme}x`),
      scheme,
      path: '/page',
      connections: CONNECTIONS,
      seconds: TIMEOUT_SECONDS,
      exactly: { requests: WRK_REQUESTS, thinkMs: WRK_THINK_MS },
    });
  }

  async #runLarge(
    scheme: Scheme,
    way: 'down' | 'up',
    count: number,
    args: readonly string[] = [],
  ): Promise<number | null> {
    const targets = new Array<string>(count).fill(way === 'down' ? '/large' : '/api/echo');
    const curl = await startCurl({
      ...this.#common(`${way}${scheme}x`),
      keyLog: this.keyLog,
      scheme,
      targets,
      args: ['--limit-rate', LARGE_RATE, ...args],
    });
    return curl.ended;
  }

  #common(prefix: string) {
    return { launcher: this.#launcher, directory: this.#directory, nginx: this.nginx, prefix };
  }
}
