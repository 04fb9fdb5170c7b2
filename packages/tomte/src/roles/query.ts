import { type ApiEvent, defaultLimits, type RunningApi, startApi, storeRunner } from '@tomte/api';
import { ClusterAccess } from '@tomte/k8s';
import { systemClock } from '@tomte/kit';
import type { Store } from '@tomte/store';
import { readToken } from '../data-dir.ts';
import { parseListenAddress } from '../listen-address.ts';
import type { Lifetime } from '../supervised.ts';
import { VERSION } from '../version.ts';
import { inClusterServer } from './in-cluster.ts';

export interface QueryRoleOptions {
  readonly apiListen?: string;
  readonly apiTokenFile?: string;
  readonly agentUrl?: readonly string[];
  readonly kubernetes?: boolean;
}

/** The API, and what it needs of a cluster; what it opened is closed with it. */
export async function startQuery(
  store: Store,
  options: QueryRoleOptions,
  lifetime: Lifetime,
): Promise<RunningApi> {
  const { host, port } = parseListenAddress(options.apiListen ?? '127.0.0.1:4680');
  const token = options.apiTokenFile === undefined ? undefined : await readToken(options.apiTokenFile);
  const clock = systemClock();
  const isInCluster = options.kubernetes === true;
  const cluster = isInCluster ? new ClusterAccess(await inClusterServer(process.env), clock) : undefined;
  const readers = cluster === undefined ? undefined : store.createScopedReaders({ clock });
  let supervisedUrls: readonly string[] = [];
  lifetime.onMessage((message) => {
    supervisedUrls = agentUrlsIn(message) ?? supervisedUrls;
  });
  const api = await startApi({
    sql: storeRunner(store, defaultLimits.queryTimeoutMs, readers),
    clock,
    host,
    port,
    token,
    cluster,
    agentUrls: () => [...(options.agentUrl ?? []), ...supervisedUrls],
    version: VERSION,
    emit: writeEvent,
  });
  const close = async (): Promise<void> => {
    await api.close();
    await readers?.close();
    cluster?.close();
  };
  return { url: api.url, close };
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
