import { randomBytes } from 'node:crypto';
import type { StoreClients } from '../connection.ts';
import { StoreError } from '../errors.ts';
import { isReplicated, onCluster } from '../spread-tables.ts';
import type { StoreCluster } from '../spread-tables.ts';
import type { TenantLogin, TenantSlot } from './tenant-login.ts';

const OWNER_BYTES = 16;

/**
 * A slot is had by making a database of a name that never was before, and finding no other one of the slot beside it.
 * Whoever comes second finds the first; who come at once find each other, and neither has it. The database's comment
 * says until when, by ClickHouse's clock: after that another one drops it, and its owner's login opens nothing more.
 * Undefined when somebody else has the slot.
 */
export async function takeSlot(
  clients: StoreClients,
  slot: TenantSlot,
  leaseSeconds: number,
): Promise<TenantLogin | undefined> {
  if ((await databasesOf(clients, slot)).some(({ isOver }) => !isOver)) return undefined;
  const login = { user: slot.user, database: slot.prefix + randomBytes(OWNER_BYTES).toString('hex') };
  try {
    await makeDatabase(clients, login.database, leaseSeconds);
    if (await becomesOnly(clients, slot, login)) return login;
  } catch (thrown) {
    await dropSlot(clients, login).catch(() => undefined);
    throw thrown;
  }
  await dropSlot(clients, login);
  return undefined;
}

/** Waits until its views are gone. */
export async function dropSlot(clients: StoreClients, { database }: TenantLogin): Promise<void> {
  await clients.server.command({
    query: `DROP DATABASE IF EXISTS ${database}${onCluster(clients.cluster)} SYNC`,
  });
}

async function makeDatabase(clients: StoreClients, database: string, leaseSeconds: number): Promise<void> {
  const { server, cluster } = clients;
  const until = (await serverSeconds(server)) + leaseSeconds;
  const engine =
    cluster === undefined || !isReplicated(cluster) ? 'Atomic' : replicatedEngine(database, cluster);
  const query = `CREATE DATABASE ${database}${onCluster(clients.cluster)} ENGINE = ${engine} COMMENT 'until ${until}'`;
  await server.command({ query });
}

/** Without views so far: who is not the only one has shown nothing. False when another one may be in use. */
async function becomesOnly(clients: StoreClients, slot: TenantSlot, own: TenantLogin): Promise<boolean> {
  const all = await databasesOf(clients, slot);
  const others = all.filter(({ name }) => name !== own.database);
  if (others.length === all.length) throw new StoreError('STORE_NO_TENANTS', 'databases are not shown to us');
  if (others.some(({ isOver }) => !isOver)) return false;
  for (const { name } of others) await dropSlot(clients, { user: slot.user, database: name });
  await endQuestions(clients, slot);
  return true;
}

/** One that began in a database that is gone by now could find the next one by a pattern (`merge`). */
async function endQuestions(clients: StoreClients, { user }: TenantSlot): Promise<void> {
  const query = `KILL QUERY${onCluster(clients.cluster)} WHERE user = '${user}' SYNC`;
  await clients.server.command({ query });
}

/** Its views are on every server then. */
function replicatedEngine(database: string, { name }: StoreCluster): string {
  return `Replicated('/clickhouse/databases/${name}/${database}', '{shard}', '{replica}')`;
}

async function serverSeconds(server: StoreClients['server']): Promise<number> {
  const result = await server.query({ query: 'SELECT toUnixTimestamp(now()) AS now', format: 'JSONEachRow' });
  const [row] = await result.json<{ now: number }>();
  return Number(row?.now);
}

interface SlotDatabase {
  readonly name: string;
  /** Whether the process that made it has let its time run out, as one that was killed does. */
  readonly isOver: boolean;
}

async function databasesOf({ server }: StoreClients, { prefix }: TenantSlot): Promise<SlotDatabase[]> {
  const result = await server.query({
    query: `SELECT name, toUnixTimestamp(now()) > toUInt64OrZero(extract(comment, '^until ([0-9]+)$')) AS is_over
      FROM system.databases WHERE startsWith(name, {prefix:String})`,
    query_params: { prefix },
    format: 'JSONEachRow',
  });
  const rows = await result.json<{ name: string; is_over: number }>();
  return rows.map(({ name, is_over }) => ({ name, isOver: Number(is_over) === 1 }));
}
