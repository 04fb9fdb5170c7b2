import type { AggregatedOptions, ClusterAccess as Access } from '@tomte/api';
import { type ApiServer, ClusterAccess, RequestHeaders } from '@tomte/k8s';
import { type AppError, systemClock } from '@tomte/kit';
import type { ScopedReaders, Store } from '@tomte/store';
import { userError } from '../errors.ts';
import { parseListenAddress } from '../listen-address.ts';
import { inClusterServer } from './in-cluster.ts';
import { readPem } from './pem.ts';
import { watchPem } from './renewed-pem.ts';

export interface QueryClusterOptions {
  readonly kubernetes?: boolean;
  readonly aggregatedListen?: string;
  readonly aggregatedTlsCert?: string;
  readonly aggregatedTlsKey?: string;
}

interface QueryCluster {
  readonly access: Access | undefined;
  readonly readers: ScopedReaders | undefined;
  readonly aggregated: AggregatedOptions | undefined;
  close(): Promise<void>;
}

const none: QueryCluster = {
  access: undefined,
  readers: undefined,
  aggregated: undefined,
  close: () => Promise.resolve(),
};

/** What the API needs of the cluster that it runs in; nothing without --kubernetes. */
export async function openQueryCluster(store: Store, options: QueryClusterOptions): Promise<QueryCluster> {
  const listen = options.aggregatedListen;
  if (options.kubernetes !== true) {
    if (listen === undefined) return none;
    throw userError(
      'TOMTE_AGGREGATED_INCOMPLETE',
      '--aggregated-listen is of --kubernetes',
      'Give --kubernetes too.',
    );
  }
  const server = await inClusterServer(process.env);
  const headers = listen === undefined ? undefined : new RequestHeaders(server, systemClock(), sayUnread);
  const aggregated = headers === undefined ? undefined : await aggregatedOptions(options, headers);
  return withAccess(store, { server, headers, aggregated });
}

interface Parts {
  readonly server: ApiServer;
  readonly headers: RequestHeaders | undefined;
  readonly aggregated: AggregatedOptions | undefined;
}

function withAccess(store: Store, { server, headers, aggregated }: Parts): QueryCluster {
  const access = new ClusterAccess(server, systemClock());
  const readers = store.createScopedReaders({ clock: systemClock() });
  const close = async (): Promise<void> => {
    await readers.close();
    access.close();
    headers?.close();
  };
  return { access, readers, aggregated, close };
}

async function aggregatedOptions(
  { aggregatedListen = '', aggregatedTlsCert, aggregatedTlsKey }: QueryClusterOptions,
  frontProxy: RequestHeaders,
): Promise<AggregatedOptions> {
  if (aggregatedTlsCert === undefined || aggregatedTlsKey === undefined) {
    frontProxy.close();
    const facts = '--aggregated-listen needs a certificate and its key';
    throw userError(
      'TOMTE_AGGREGATED_INCOMPLETE',
      facts,
      'Give --aggregated-tls-cert and --aggregated-tls-key.',
    );
  }
  const [certificate, privateKey] = await Promise.all([
    readPem(aggregatedTlsCert),
    readPem(aggregatedTlsKey),
  ]);
  const paths = { certificate: aggregatedTlsCert, privateKey: aggregatedTlsKey, authorities: undefined };
  const files = { certificate, privateKey, authorities: undefined };
  return {
    ...parseListenAddress(aggregatedListen),
    credentials: { certificate, privateKey },
    onRenewed: (take) => void watchPem(paths, files, take),
    frontProxy,
  };
}

/** The API answers others meanwhile; nobody is believed until it is known whom to believe. */
function sayUnread(problem: AppError): void {
  process.stderr.write(`${problem.toLine()}\n`);
}
