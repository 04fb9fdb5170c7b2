import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { StoreError } from '../errors.ts';
import { tenantPasswordOf } from '../tenants/tenant-login.ts';
import { launchServer, stopServer } from './child.ts';
import type { ServerAddress, ServerChild } from './child.ts';
import {
  ADMIN_USER,
  basicAuthorization,
  DATABASE,
  defaultEmbeddedLimits,
  READER_USER,
} from './configuration.ts';
import type { EmbeddedLimits, EmbeddedPaths, EmbeddedSecrets } from './configuration.ts';
import { findFreePort, makeFolders, newSecrets, removeOldRuns, writeRunFiles } from './prepare.ts';

export interface EmbeddedOptions {
  /** Made when absent. One server at a time uses it. */
  readonly dataDir: string;
  /** Default 127.0.0.1. Beyond it only those who have a password are answered; give passwords then. */
  readonly listenHost?: string;
  /** Default: a free one. */
  readonly httpPort?: number;
  /** Default: new ones at each start. */
  readonly passwords?: { readonly admin: string; readonly reader: string };
  readonly limits?: Partial<EmbeddedLimits>;
  /** Further settings of the server, as elements of its configuration. */
  readonly configuration?: string;
  /** Restart the server when it dies by itself; default true. */
  readonly restart?: boolean;
  readonly onEvent?: (event: EmbeddedEvent) => void;
}

export type EmbeddedEvent =
  | { readonly kind: 'server_died'; readonly pid: number; readonly lastWords: string }
  | { readonly kind: 'server_restarted'; readonly pid: number; readonly afterMs: number }
  | { readonly kind: 'restart_failed'; readonly error: Error };

export interface EmbeddedServer {
  readonly url: string;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** The read-only user for SQL of users. */
  readonly reader: { readonly user: string; readonly password: string };
  /** Of the tenants' users. */
  readonly tenantPassword: string;
  /** Of the server now; another one after a restart. */
  readonly pid: number;
  readonly restartCount: number;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
const PORT_ATTEMPTS = 5;
const FIRST_RESTART_DELAY_MS = 50;
const MAX_RESTART_DELAY_MS = 5000;

interface Started {
  readonly child: ServerChild;
  readonly address: ServerAddress;
}

/** Keeps one server process alive until it is closed. */
class Supervisor {
  readonly #paths: EmbeddedPaths;
  readonly #options: EmbeddedOptions;
  readonly #stopping = new AbortController();
  #child: ServerChild;
  #restartCount = 0;
  #watching: Promise<void>;
  readonly address: ServerAddress;

  constructor(started: Started, paths: EmbeddedPaths, options: EmbeddedOptions) {
    this.#child = started.child;
    this.address = started.address;
    this.#paths = paths;
    this.#options = options;
    this.#watching = this.#watch();
  }

  get pid(): number {
    return this.#child.pid;
  }

  get restartCount(): number {
    return this.#restartCount;
  }

  async close(): Promise<void> {
    if (!this.#stopping.signal.aborted) {
      this.#stopping.abort();
      await stopServer(this.#child, this.#paths);
    }
    await this.#watching;
    await rm(this.#paths.run, { recursive: true, force: true });
  }

  async #watch(): Promise<void> {
    for (;;) {
      const lastWords = await this.#child.ended;
      if (this.#stopping.signal.aborted) return;
      this.#options.onEvent?.({ kind: 'server_died', pid: this.#child.pid, lastWords });
      if (this.#options.restart === false || !(await this.#restart())) return;
    }
  }

  /** False when it was closed meanwhile. */
  async #restart(): Promise<boolean> {
    const startMs = performance.now();
    for (let delayMs = FIRST_RESTART_DELAY_MS; ; delayMs = Math.min(delayMs * 2, MAX_RESTART_DELAY_MS)) {
      await delay(delayMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      if (this.#stopping.signal.aborted) return false;
      const launched = await launchServer(this.#paths, this.address).catch((error: Error) => error);
      if (launched instanceof Error) {
        this.#options.onEvent?.({ kind: 'restart_failed', error: launched });
        continue;
      }
      this.#child = launched;
      this.#restartCount += 1;
      // It was closed while the new one started: nobody else would end that one.
      if (this.#stopping.signal.aborted) await stopServer(launched, this.#paths);
      else
        this.#options.onEvent?.({
          kind: 'server_restarted',
          pid: launched.pid,
          afterMs: performance.now() - startMs,
        });
      return !this.#stopping.signal.aborted;
    }
  }
}

async function launchOnSomePort(
  paths: EmbeddedPaths,
  { host, port: wanted }: { readonly host: string; readonly port: number | undefined },
  authorization: string,
): Promise<Started> {
  for (let attempt = 1; ; attempt += 1) {
    const address = { host, httpPort: wanted ?? (await findFreePort()), authorization };
    try {
      return { child: await launchServer(paths, address), address };
    } catch (error) {
      const isPortTaken = error instanceof StoreError && /address already in use/i.test(error.message);
      if (!isPortTaken || wanted !== undefined || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

async function startIn(paths: EmbeddedPaths, secrets: EmbeddedSecrets, options: EmbeddedOptions) {
  const host = options.listenHost ?? LOOPBACK;
  const limits = { ...defaultEmbeddedLimits, ...options.limits };
  const { configuration = '' } = options;
  await writeRunFiles(paths, secrets, { limits, isPublic: host !== LOOPBACK, configuration });
  const started = await launchOnSomePort(
    paths,
    { host, port: options.httpPort },
    basicAuthorization(ADMIN_USER, secrets.adminPassword),
  );
  await removeOldRuns(paths);
  return started;
}

/**
 * Starts a whole ClickHouse on this machine, as a process of its own that ends with this one.
 * Throws STORE_EMBEDDED_MISSING, STORE_DATA_DIR_BUSY, STORE_EMBEDDED_FAILED.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const paths = await makeFolders(options.dataDir);
  const { passwords } = options;
  const secrets =
    passwords === undefined
      ? newSecrets()
      : { adminPassword: passwords.admin, readerPassword: passwords.reader };
  const started = await startIn(paths, secrets, options).catch(async (error: unknown) => {
    await rm(paths.run, { recursive: true, force: true });
    throw error;
  });
  const supervisor = new Supervisor(started, paths, options);
  return {
    url: `http://127.0.0.1:${supervisor.address.httpPort}`,
    database: DATABASE,
    user: ADMIN_USER,
    password: secrets.adminPassword,
    reader: { user: READER_USER, password: secrets.readerPassword },
    tenantPassword: tenantPasswordOf(secrets.adminPassword),
    get pid() {
      return supervisor.pid;
    },
    get restartCount() {
      return supervisor.restartCount;
    },
    close: () => supervisor.close(),
    [Symbol.asyncDispose]: () => supervisor.close(),
  };
}
