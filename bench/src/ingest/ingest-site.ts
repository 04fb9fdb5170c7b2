import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '@tomte/kit';
import { connectStore, type EmbeddedServer, startEmbedded, type Store } from '@tomte/store';
import { makeScratch } from '@tomte/tomte/scratch';
import { Cgroup, cgroupCpuNs } from '../measure/cgroup.ts';
import { type Cores, pin } from '../measure/cores.ts';
import { memoryOf } from '../measure/processes.ts';

const main = fileURLToPath(new URL('../../../packages/tomte/src/main.ts', import.meta.url));
const TOKEN = 'of-the-benchmark';

export interface ServerCpu {
  readonly collectorNs: number;
  readonly clickhouseNs: number;
}

/** ClickHouse and `tomte collector`, each in a cgroup of its own, on the measured processor. */
export class IngestSite {
  readonly store: Store;
  readonly token = TOKEN;
  readonly port: number;
  readonly #directory: string;
  readonly #server: EmbeddedServer;
  readonly #collector: ChildProcess;
  readonly #cgroups: { readonly collector: Cgroup; readonly clickhouse: Cgroup };

  private constructor(parts: {
    directory: string;
    server: EmbeddedServer;
    collector: ChildProcess;
    port: number;
  }) {
    this.#directory = parts.directory;
    this.#server = parts.server;
    this.#collector = parts.collector;
    this.port = parts.port;
    this.store = connectStore(parts.server);
    this.#cgroups = {
      collector: new Cgroup(`tomte-bench-collector-${process.pid}`),
      clickhouse: new Cgroup(`tomte-bench-clickhouse-${process.pid}`),
    };
    this.#cgroups.collector.add(this.#collectorPid);
    this.#cgroups.clickhouse.add(parts.server.pid);
  }

  static async open(cores: Cores): Promise<IngestSite> {
    const directory = await makeScratch('bench');
    const server = await startEmbedded({ dataDir: join(directory, 'clickhouse') });
    try {
      const collector = startCollector(directory, server);
      const port = await readyPort(collector);
      for (const pid of [collector.pid ?? 0, server.pid]) pin(pid, cores.measured);
      return new IngestSite({ directory, server, collector, port });
    } catch (thrown) {
      await server.close();
      rmSync(directory, { recursive: true, force: true });
      throw thrown;
    }
  }

  get #collectorPid(): number {
    return this.#collector.pid ?? 0;
  }

  cpu(): ServerCpu {
    const { collector, clickhouse } = this.#cgroups;
    return { collectorNs: cgroupCpuNs(collector.path), clickhouseNs: cgroupCpuNs(clickhouse.path) };
  }

  collectorPeakRssMiB(): number {
    return memoryOf(this.#collectorPid).peakRssMiB;
  }

  async number(sql: string): Promise<number> {
    return Number((await this.store.query({ sql })).rows[0]?.[0]);
  }

  async close(): Promise<void> {
    const gone = new Promise<void>((resolve) => this.#collector.once('exit', () => resolve()));
    this.#collector.kill('SIGTERM');
    await gone;
    await this.store.close();
    await this.#server.close();
    for (const cgroup of Object.values(this.#cgroups)) cgroup.remove();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

function startCollector(
  directory: string,
  { url, user, password, database, reader }: EmbeddedServer,
): ChildProcess {
  const tokenFile = join(directory, 'token');
  writeFileSync(tokenFile, TOKEN, { mode: 0o600 });
  const environment = {
    TOMTE_CLICKHOUSE_URL: url,
    TOMTE_CLICKHOUSE_USER: user,
    TOMTE_CLICKHOUSE_PASSWORD: password,
    TOMTE_CLICKHOUSE_DATABASE: database,
    TOMTE_CLICKHOUSE_READER_USER: reader.user,
    TOMTE_CLICKHOUSE_READER_PASSWORD: reader.password,
  };
  return spawn(
    process.execPath,
    [
      ...[
        main,
        'collector',
        '--roles',
        'ingest,query',
        '--listen',
        '127.0.0.1:0',
        '--api-listen',
        '127.0.0.1:0',
      ],
      ...['--token-file', tokenFile, '--data', directory],
    ],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], env: { ...process.env, ...environment } },
  );
}

function readyPort(collector: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    collector.once('message', (message: { facts: { ingestPort: number } }) =>
      resolve(message.facts.ingestPort),
    );
    collector.once('exit', () => {
      const remedy = 'Its own message stands above.';
      reject(new AppError('BENCH_COLLECTOR_ENDED', 'the collector ended before it was ready', { remedy }));
    });
  });
}
