import { type ApiEvent, defaultLimits, type RunningApi, startApi, storeRunner } from '@tomte/api';
import { systemClock } from '@tomte/kit';
import type { Store } from '@tomte/store';
import { pageFolder } from '@tomte/web';
import { readToken } from '../data-dir.ts';
import { parseListenAddress } from '../listen-address.ts';
import type { Lifetime } from '../supervised.ts';
import { VERSION } from '../version.ts';
import { openQueryCluster, type QueryClusterOptions } from './query-cluster.ts';

export interface QueryRoleOptions extends QueryClusterOptions {
  readonly apiListen?: string;
  readonly apiTokenFile?: string;
  readonly agentUrl?: readonly string[];
}

/** The API, and what it needs of a cluster; what it opened is closed with it. */
export async function startQuery(
  store: Store,
  options: QueryRoleOptions,
  lifetime: Lifetime,
): Promise<RunningApi> {
  const { host, port } = parseListenAddress(options.apiListen ?? '127.0.0.1:4680');
  const token = options.apiTokenFile === undefined ? undefined : await readToken(options.apiTokenFile);
  const cluster = await openQueryCluster(store, options);
  let supervisedUrls: readonly string[] = [];
  lifetime.onMessage((message) => {
    supervisedUrls = agentUrlsIn(message) ?? supervisedUrls;
  });
  const api = await startApi({
    sql: storeRunner(store, defaultLimits.queryTimeoutMs, cluster.readers),
    clock: systemClock(),
    host,
    port,
    token,
    cluster: cluster.access,
    aggregated: cluster.aggregated,
    agentUrls: () => [...(options.agentUrl ?? []), ...supervisedUrls],
    pageFolder,
    version: VERSION,
    emit: writeEvent,
  }).catch(async (thrown: unknown) => {
    await cluster.close();
    throw thrown;
  });
  const close = async (): Promise<void> => {
    await api.close();
    await cluster.close();
  };
  return { ...api, close };
}

/** The supervisor says where its agent answers: another port after each start. */
function agentUrlsIn(message: unknown): readonly string[] | undefined {
  if (typeof message !== 'object' || message === null || !('agentUrls' in message)) return undefined;
  return Array.isArray(message.agentUrls) ? message.agentUrls.map(String) : undefined;
}

/** What the asker can mend is the asker's to read; the log has what is ours. */
function writeEvent(event: ApiEvent): void {
  if (event.status < 500) return;
  const cause = event.error.cause instanceof Error ? ` (${event.error.cause.message})` : '';
  process.stderr.write(
    `api: ${event.method} ${event.route} ${event.status} ${event.code}: ${event.error.message}${cause}\n`,
  );
}
