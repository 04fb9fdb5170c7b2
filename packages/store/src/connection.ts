import { createClient } from '@clickhouse/client';
import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import type { StoreCluster } from './spread-tables.ts';
import type { TenantLogin } from './tenants/tenant-login.ts';

export interface StoreAddress {
  /** http(s)://host:port */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** Default `tomte`; made when absent. */
  readonly database?: string;
  /** Tables are spread over this cluster of servers, of which `url` leads to any. */
  readonly cluster?: StoreCluster;
  /** The read-only user for SQL of users; without one such SQL is refused. */
  readonly reader?: { readonly user: string; readonly password: string };
  /** Of the tenants' users; without it nobody is served who may see less than everything. */
  readonly tenantPassword?: string;
}

export interface StoreClients {
  readonly database: string;
  readonly cluster: StoreCluster | undefined;
  readonly admin: ClickHouseClient;
  readonly reader: ClickHouseClient | undefined;
  /** Admin outside of the database, to make it. */
  readonly server: ClickHouseClient;
  /** A client of a tenant's user, to be closed by whoever made it; undefined when none is configured. */
  readonly tenant: ((login: TenantLogin) => ClickHouseClient) | undefined;
}

const REQUEST_TIMEOUT_MS = 120_000;
const MAX_CONNECTIONS = 32;

/**
 * What is written is in its shard before it is acknowledged; a join of rows asks all shards; what is computed of all of
 * them is not left to each.
 */
const spreadSettings: ClickHouseSettings = {
  distributed_foreground_insert: 1,
  distributed_product_mode: 'global',
  parallel_distributed_insert_select: '0',
};

function clientOf(
  address: StoreAddress,
  login: { user: string; password: string; settings?: ClickHouseSettings },
  database: string,
): ClickHouseClient {
  return createClient({
    url: address.url,
    username: login.user,
    password: login.password,
    database,
    application: 'tomte',
    clickhouse_settings: login.settings ?? {},
    request_timeout: REQUEST_TIMEOUT_MS,
    max_open_connections: MAX_CONNECTIONS,
    // Below the server's 3 s, so that it never closes a connection that we are about to use.
    keep_alive: { enabled: true, idle_socket_ttl: 2000 },
    log: { level: 127 },
  });
}

function tenantClients(address: StoreAddress): StoreClients['tenant'] {
  const password = address.tenantPassword;
  if (password === undefined) return undefined;
  return ({ user, database }) => clientOf(address, { user, password }, database);
}

export function connectClients(address: StoreAddress): StoreClients {
  const database = address.database ?? 'tomte';
  const { user, password } = address;
  // Those who only read may change no setting: theirs has the same in its profile.
  const admin = { user, password, settings: address.cluster === undefined ? {} : spreadSettings };
  return {
    database,
    cluster: address.cluster,
    admin: clientOf(address, admin, database),
    reader: address.reader === undefined ? undefined : clientOf(address, address.reader, database),
    server: clientOf(address, admin, 'default'),
    tenant: tenantClients(address),
  };
}

export async function closeClients(clients: StoreClients): Promise<void> {
  await Promise.all([clients.admin.close(), clients.reader?.close(), clients.server.close()]);
}
