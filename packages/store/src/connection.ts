import { createClient } from '@clickhouse/client';
import type { ClickHouseClient } from '@clickhouse/client';

export interface StoreAddress {
  /** http(s)://host:port */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** Default `tomte`; made when absent. */
  readonly database?: string;
  /** The read-only user for SQL of users; without one such SQL is refused. */
  readonly reader?: { readonly user: string; readonly password: string };
}

export interface StoreClients {
  readonly database: string;
  readonly admin: ClickHouseClient;
  readonly reader: ClickHouseClient | undefined;
  /** Admin outside of the database, to make it. */
  readonly server: ClickHouseClient;
}

const REQUEST_TIMEOUT_MS = 120_000;
const MAX_CONNECTIONS = 32;

function clientOf(
  address: StoreAddress,
  login: { user: string; password: string },
  database: string,
): ClickHouseClient {
  return createClient({
    url: address.url,
    username: login.user,
    password: login.password,
    database,
    application: 'tomte',
    request_timeout: REQUEST_TIMEOUT_MS,
    max_open_connections: MAX_CONNECTIONS,
    // Below the server's 3 s, so that it never closes a connection that we are about to use.
    keep_alive: { enabled: true, idle_socket_ttl: 2000 },
    log: { level: 127 },
  });
}

export function connectClients(address: StoreAddress): StoreClients {
  const database = address.database ?? 'tomte';
  return {
    database,
    admin: clientOf(address, address, database),
    reader: address.reader === undefined ? undefined : clientOf(address, address.reader, database),
    server: clientOf(address, address, 'default'),
  };
}

export async function closeClients(clients: StoreClients): Promise<void> {
  await Promise.all([clients.admin.close(), clients.reader?.close(), clients.server.close()]);
}
