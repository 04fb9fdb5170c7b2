import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningApi } from '@tomte/api';
import {
  authenticateBySecret,
  type Collector,
  type CollectorTls,
  startCollector,
  toBatchStore,
} from '@tomte/collector';
import { AppError, systemClock } from '@tomte/kit';
import {
  connectStore,
  defaultRetention,
  type DroppedPartition,
  type Retention,
  type Store,
} from '@tomte/store';
import { clickhouseAddress } from '../clickhouse-address.ts';
import { defaultDataDir, readToken } from '../data-dir.ts';
import { userError } from '../errors.ts';
import { parseRetention } from '../retention.ts';
import { startLifetime, untilAborted } from '../supervised.ts';
import { type IngestClusterOptions, openIngestCluster } from './ingest-cluster.ts';
import { readPem } from './pem.ts';
import { type PemFiles, watchPem } from './renewed-pem.ts';
import { type QueryRoleOptions, startQuery } from './query.ts';
import { createRoleTeller, type RoleTeller } from './role-teller.ts';

export interface CollectorRoleOptions extends IngestClusterOptions, QueryRoleOptions {
  readonly roles?: string;
  readonly listen?: string;
  readonly clickhouse?: string;
  readonly tokenFile?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsAgentCa?: string;
  readonly cluster?: string;
  readonly retention?: readonly string[];
  readonly data?: string;
  readonly json?: boolean;
}

interface ApiRoleOptions extends Pick<
  CollectorRoleOptions,
  | 'clickhouse'
  | 'agentUrl'
  | 'kubernetes'
  | 'aggregatedListen'
  | 'aggregatedTlsCert'
  | 'aggregatedTlsKey'
  | 'json'
> {
  readonly listen?: string;
  readonly tokenFile?: string;
}

/** `tomte api`: the query role alone. */
export function runApiRole({ listen, tokenFile, ...others }: ApiRoleOptions): Promise<number> {
  return runCollectorRole({
    ...others,
    roles: 'query',
    ...(listen === undefined ? {} : { apiListen: listen }),
    ...(tokenFile === undefined ? {} : { apiTokenFile: tokenFile }),
  });
}

/** Serves its roles until it is told to stop; then no new question is taken, and what was received is stored. */
export async function runCollectorRole(options: CollectorRoleOptions): Promise<number> {
  const roles = parseRoles(options.roles ?? 'ingest,query');
  const retention = { ...defaultRetention(), ...parseRetention(options.retention) };
  const lifetime = startLifetime();
  const store = connectStore(clickhouseAddress(options.clickhouse, process.env));
  const running: { close(): Promise<void> }[] = [store];
  try {
    const collector = roles.has('ingest')
      ? await startIngest(store, { options, retention, signal: lifetime.signal })
      : undefined;
    if (collector !== undefined) running.push(collector, ...startKeepers(store, retention));
    const api = roles.has('query') ? await startQuery(store, options, lifetime) : undefined;
    if (api !== undefined) running.push(api);
    lifetime.ready({ ingestPort: collector?.port ?? 0, apiUrl: api?.url ?? '' });
    if (!lifetime.isSupervised) sayWhere(createRoleTeller(options.json === true), collector, api);
    await untilAborted(lifetime.signal);
  } finally {
    for (const each of running.toReversed()) await each.close();
    lifetime.end();
  }
  return 0;
}

function parseRoles(text: string): ReadonlySet<string> {
  const names = text.split(',').filter((name) => name !== '');
  if (names.length > 0 && names.every((name) => name === 'ingest' || name === 'query')) return new Set(names);
  throw userError(
    'TOMTE_ROLE_UNKNOWN',
    `${JSON.stringify(text)} is no list of roles`,
    'Give ingest, query, or ingest,query.',
  );
}

const RETRY_MS = 500;

/** What keeps the store in order beside ingest: rollups follow the rows, and the disk never fills. */
function startKeepers(store: Store, retention: Retention): readonly { close(): Promise<void> }[] {
  const onError = (error: AppError): void => void process.stderr.write(`${error.toLine()}\n`);
  const clock = systemClock();
  const rollups = store.createRollupKeeper({ clock, baseDays: retention.requests, onError });
  const disk = store.createDiskGuard({ clock, onError, onDrop: sayDropped });
  rollups.start();
  disk.start();
  return [rollups, disk];
}

function sayDropped({ table, partition, rows }: DroppedPartition): void {
  process.stderr.write(
    `The disk fills: ${rows} rows of ${table} of ${partition} were deleted; see \`tomte loss\`.\n`,
  );
}

/** The tables are made before the first batch. ClickHouse may still be starting: then it is asked again. */
async function prepareStore(store: Store, retention: Retention, signal: AbortSignal): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await store.prepare(retention);
      return;
    } catch (thrown) {
      const isAway = thrown instanceof AppError && thrown.code === 'STORE_UNREACHABLE';
      if (!isAway || signal.aborted) throw thrown;
      if (attempt === 0) process.stderr.write(`${thrown.toLine()} Trying on.\n`);
      await delay(RETRY_MS, undefined, { signal });
    }
  }
}

interface Ingesting {
  readonly options: CollectorRoleOptions;
  readonly retention: Retention;
  readonly signal: AbortSignal;
}

async function startIngest(store: Store, { options, retention, signal }: Ingesting): Promise<Collector> {
  await prepareStore(store, retention, signal);
  const token = options.tokenFile === undefined ? undefined : await readToken(options.tokenFile);
  const tls = await readTls(options);
  const cluster = options.kubernetes === true ? await openIngestCluster(store, options) : undefined;
  const collector = await startCollector({
    store: toBatchStore(store),
    clock: systemClock(),
    listen: options.listen ?? '127.0.0.1:4681',
    quarantineDirectory: join(options.data ?? defaultDataDir(), 'quarantine'),
    ...(token === undefined ? {} : { authenticate: authenticateBySecret(token) }),
    ...(options.cluster === undefined ? {} : { clusterName: options.cluster }),
    ...(tls === undefined ? {} : { tls }),
    ...cluster?.options,
    unsafeSkipPresenceCheck: isPresenceCheckOff(),
  }).catch(async (thrown: unknown) => {
    await cluster?.close(); // Its watches would hold the process.
    throw thrown;
  });
  return {
    ...collector,
    async close() {
      await collector.close();
      await cluster?.close();
    },
  };
}

/** The counter-proof of the crash test: nothing else may set it, so no flag does, and it is said aloud. */
function isPresenceCheckOff(): boolean {
  if (process.env['TOMTE_CRASH_TEST_SKIPS_PRESENCE_CHECK'] !== 'rows will be doubled') return false;
  process.stderr.write('The presence check is off: what is sent again is stored again. For a test alone.\n');
  return true;
}

async function readTls({
  tlsCert,
  tlsKey,
  tlsAgentCa,
}: CollectorRoleOptions): Promise<CollectorTls | undefined> {
  if (tlsCert === undefined && tlsKey === undefined && tlsAgentCa === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) {
    throw userError(
      'TOMTE_TLS_INCOMPLETE',
      'TLS needs a certificate and its key',
      'Give --tls-cert and --tls-key.',
    );
  }
  const authorities = tlsAgentCa === undefined ? undefined : await readPem(tlsAgentCa);
  const files = { certificate: await readPem(tlsCert), privateKey: await readPem(tlsKey), authorities };
  const paths = { certificate: tlsCert, privateKey: tlsKey, authorities: tlsAgentCa };
  return {
    ...toCollectorTls(files),
    onRenewed: (take) => watchPem(paths, files, (renewed) => take(toCollectorTls(renewed))),
  };
}

function toCollectorTls({ certificate, privateKey, authorities }: PemFiles): CollectorTls {
  return { certificate, privateKey, ...(authorities === undefined ? {} : { agentAuthorities: authorities }) };
}

function sayWhere(tell: RoleTeller, collector: Collector | undefined, api: RunningApi | undefined): void {
  if (collector !== undefined)
    tell({ kind: 'ingest_ready', port: collector.port }, `Agents send to port ${collector.port}.`);
  if (api !== undefined) tell({ kind: 'api_ready', url: api.url }, `The API answers at ${api.url}.`);
}
