import type { ClickHouseClient } from '@clickhouse/client';
import type { Clock } from '@tomte/kit';
import { toStoreError } from '../clickhouse-error.ts';
import type { StoreClients } from '../connection.ts';
import { StoreError } from '../errors.ts';
import { queryRows } from '../query.ts';
import type { QueryAnswer, QueryOptions } from '../query.ts';
import { scopeKey } from './read-scope.ts';
import type { ReadScope } from './read-scope.ts';
import { scopeViews } from './scope-views.ts';
import { dropSlot, takeSlot } from './slot-lease.ts';
import { tenantLogins } from './tenant-login.ts';
import type { TenantLogin } from './tenant-login.ts';

export interface ScopedReaderOptions {
  readonly clock: Clock;
  /** How long a slot is kept; then another process may have it. */
  readonly leaseSeconds?: number;
}

const LEASE_SECONDS = 1_800;
/** Before its end no question begins: the longest one is over by then. */
const LEASE_REST_SECONDS = 300;
/** A scope of many namespaces is a long text. */
const MAX_VIEW_BYTES = 4 * 2 ** 20;

interface Slot {
  readonly login: TenantLogin;
  readonly client: ClickHouseClient;
}

/** One scope in use. */
interface Scoped {
  readonly slot: Promise<Slot>;
  readonly retireNs: bigint;
  running: number;
  lastUsedNs: bigint;
  isRetired: boolean;
}

/**
 * Asks ClickHouse on behalf of those who may see a part of the rows. Each scope is asked for as a user who can read
 * one database, in which views show what the scope sees and no more: whatever the SQL, it reaches nothing else.
 * At most TENANT_SLOTS scopes at once; the one that was used longest ago gives way.
 */
export class ScopedReaders {
  readonly #clients: StoreClients;
  readonly #clock: Clock;
  readonly #leaseSeconds: number;
  readonly #scopes = new Map<string, Scoped>();
  readonly #free: Set<TenantLogin>;

  constructor(clients: StoreClients, { clock, leaseSeconds = LEASE_SECONDS }: ScopedReaderOptions) {
    this.#clients = clients;
    this.#clock = clock;
    this.#leaseSeconds = leaseSeconds;
    this.#free = new Set(tenantLogins(clients.database));
  }

  /** The whole answer, within the scope. Throws STORE_NO_TENANTS, STORE_SCOPES_BUSY, and what any question may. */
  async query(scope: ReadScope, options: QueryOptions): Promise<QueryAnswer> {
    const scoped = this.#scopedOf(scope);
    scoped.running += 1;
    try {
      const { client } = await scoped.slot;
      return await queryRows(this.#clients, options, client);
    } catch (thrown) {
      throw withoutCounts(toStoreError(thrown));
    } finally {
      scoped.running -= 1;
      scoped.lastUsedNs = this.#clock.monotonicNs();
      if (scoped.isRetired && scoped.running === 0) void this.#close(scoped);
    }
  }

  /** Drops every slot; for when no question runs any more. */
  async close(): Promise<void> {
    const all = [...this.#scopes.values()];
    this.#scopes.clear();
    await Promise.all(all.map((scoped) => this.#close(scoped)));
  }

  #scopedOf(scope: ReadScope): Scoped {
    const key = scopeKey(scope);
    const known = this.#scopes.get(key);
    if (known !== undefined && this.#clock.monotonicNs() < known.retireNs) return known;
    if (known !== undefined) this.#retire(key, known);
    const slot = this.#open(scope);
    const keptSeconds = Math.max(this.#leaseSeconds - LEASE_REST_SECONDS, 0);
    const nowNs = this.#clock.monotonicNs();
    const retireNs = nowNs + BigInt(keptSeconds) * 1_000_000_000n;
    const fresh: Scoped = { slot, retireNs, running: 0, lastUsedNs: nowNs, isRetired: false };
    this.#scopes.set(key, fresh);
    slot.catch(() => {
      if (this.#scopes.get(key) === fresh) this.#scopes.delete(key);
    });
    return fresh;
  }

  async #open(scope: ReadScope): Promise<Slot> {
    const { tenant, server, database } = this.#clients;
    if (tenant === undefined) throw new StoreError('STORE_NO_TENANTS', "no tenants' users are configured");
    const login = await this.#take().catch(withoutRights);
    try {
      for (const { name, select } of scopeViews(scope, database)) {
        const query = `CREATE VIEW ${login.database}.${name} DEFINER = CURRENT_USER SQL SECURITY DEFINER AS\n${select}`;
        await server.command({ query, clickhouse_settings: { max_query_size: String(MAX_VIEW_BYTES) } });
      }
      return { login, client: tenant(login) };
    } catch (thrown) {
      await this.#release(login);
      return withoutRights(thrown);
    }
  }

  /** A login that neither this process nor another one uses. */
  async #take(): Promise<TenantLogin> {
    if (this.#free.size === 0) await this.#makeRoom();
    for (const login of [...this.#free]) {
      if (!this.#free.delete(login)) continue; // Taken while this waited.
      const isTaken = await takeSlot(this.#clients, login.database, this.#leaseSeconds).catch(
        (thrown: unknown) => {
          this.#free.add(login);
          throw thrown;
        },
      );
      if (isTaken) return login;
      this.#free.add(login);
    }
    throw new StoreError('STORE_SCOPES_BUSY', 'all slots for tenants are in use');
  }

  async #makeRoom(): Promise<void> {
    const idle = [...this.#scopes].filter(([, scoped]) => scoped.running === 0);
    const [oldest] = idle.sort(([, a], [, b]) => (a.lastUsedNs < b.lastUsedNs ? -1 : 1));
    if (oldest === undefined) return;
    const [key, scoped] = oldest;
    this.#scopes.delete(key);
    await this.#close(scoped);
  }

  #retire(key: string, scoped: Scoped): void {
    this.#scopes.delete(key);
    scoped.isRetired = true;
    if (scoped.running === 0) void this.#close(scoped);
  }

  async #close(scoped: Scoped): Promise<void> {
    const slot = await scoped.slot.catch(() => undefined);
    if (slot === undefined) return;
    await slot.client.close();
    await this.#release(slot.login);
  }

  /** What cannot be dropped now can be taken by anyone when its time is over. */
  async #release(login: TenantLogin): Promise<void> {
    await dropSlot(this.#clients, login.database).catch(() => undefined);
    this.#free.add(login);
  }
}

/** The asker cannot mend what our own user may not do. */
function withoutRights(thrown: unknown): never {
  const error = toStoreError(thrown);
  if (error.code !== 'STORE_ACCESS_DENIED') throw error;
  throw new StoreError('STORE_NO_TENANTS', error.message, { cause: error });
}

/** How many rows a limit had counted would tell of rows that are not the asker's. */
function withoutCounts(error: StoreError): StoreError {
  if (error.code !== 'STORE_LIMIT_EXCEEDED') return error;
  return new StoreError(error.code, 'the question went over a limit', { cause: error });
}
