import { clickhouseNumber } from '../clickhouse-error.ts';
import type { StoreClients } from '../connection.ts';

const DATABASE_EXISTS = 82;

/** A slot's database is the lease of it: who made it has it until the time in its comment, by ClickHouse's clock. */
export async function takeSlot(
  { server }: StoreClients,
  database: string,
  leaseSeconds: number,
): Promise<boolean> {
  const make = async (): Promise<boolean> => {
    try {
      const until = (await serverSeconds(server)) + leaseSeconds;
      await server.command({ query: `CREATE DATABASE ${database} ENGINE = Atomic COMMENT 'until ${until}'` });
      return true;
    } catch (thrown) {
      if (clickhouseNumber(thrown) === DATABASE_EXISTS) return false;
      throw thrown;
    }
  };
  if (await make()) return true;
  if (!(await isOver(server, database))) return false;
  await dropSlot(server, database);
  return make();
}

/** Waits until its views are gone. */
export async function dropSlot(server: StoreClients['server'], database: string): Promise<void> {
  await server.command({ query: `DROP DATABASE IF EXISTS ${database} SYNC` });
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
