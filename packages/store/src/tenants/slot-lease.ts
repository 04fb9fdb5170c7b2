import { clickhouseNumber } from '../clickhouse-error.ts';
import type { StoreClients } from '../connection.ts';
import type { ReplicatedCluster } from '../replicated.ts';

const DATABASE_EXISTS = 82;

/** A slot's database is the lease of it: who made it has it until the time in its comment, by ClickHouse's clock. */
export async function takeSlot(
  clients: StoreClients,
  database: string,
  leaseSeconds: number,
): Promise<boolean> {
  const { server, cluster } = clients;
  const make = async (): Promise<boolean> => {
    try {
      const until = (await serverSeconds(server)) + leaseSeconds;
      const kind = cluster === undefined ? 'ENGINE = Atomic' : replicatedEngine(database, until, cluster);
      const where = cluster === undefined ? '' : ` ON CLUSTER ${cluster.name}`;
      await server.command({ query: `CREATE DATABASE ${database}${where} ${kind} COMMENT 'until ${until}'` });
      return true;
    } catch (thrown) {
      if (clickhouseNumber(thrown) === DATABASE_EXISTS) return false;
      throw thrown;
    }
  };
  if (await make()) return true;
  if (!(await isOver(server, database))) return false;
  await dropSlot(clients, database);
  return make();
}

/** Waits until its views are gone. */
export async function dropSlot({ server, cluster }: StoreClients, database: string): Promise<void> {
  const where = cluster === undefined ? '' : ` ON CLUSTER ${cluster.name}`;
  await server.command({ query: `DROP DATABASE IF EXISTS ${database}${where} SYNC` });
}

/** Its views are on every server then; a path of its own each time, since the one before may not be gone everywhere. */
function replicatedEngine(database: string, until: number, { name }: ReplicatedCluster): string {
  return `ENGINE = Replicated('/clickhouse/databases/${name}/${database}/${until}', '{shard}', '{replica}')`;
}

async function serverSeconds(server: StoreClients['server']): Promise<number> {
  const result = await server.query({ query: 'SELECT toUnixTimestamp(now()) AS now', format: 'JSONEachRow' });
  const [row] = await result.json<{ now: number }>();
  return Number(row?.now);
}

/** Whether the process that made it has let its time run out, as one that was killed does. */
async function isOver(server: StoreClients['server'], database: string): Promise<boolean> {
  const result = await server.query({
    query: `SELECT toUnixTimestamp(now()) > toUInt64OrZero(extract(comment, '^until ([0-9]+)$')) AS is_over
      FROM system.databases WHERE name = {name:String}`,
    query_params: { name: database },
    format: 'JSONEachRow',
  });
  const [row] = await result.json<{ is_over: number }>();
  return row === undefined || Number(row.is_over) === 1;
}
