import type { ClickHouseClient } from '@clickhouse/client';
import type { Clock } from '@tomte/kit';
import { clickhouseNumber, toStoreError } from '../clickhouse-error.ts';
import type { StoreClients } from '../connection.ts';
import { StoreError } from '../errors.ts';
import { queryBytes, queryRows } from '../query.ts';
import type { QueryAnswer, QueryOptions, StreamFormat } from '../query.ts';
import { scopeKey } from './read-scope.ts';
import type { ReadScope } from './read-scope.ts';
import { scopeViews } from './scope-views.ts';
import { dropSlot, takeSlot } from './slot-lease.ts';
import { tenantSlots } from './tenant-login.ts';
import type { TenantLogin, TenantSlot } from './tenant-login.ts';

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

/** The server's number for a name that it does not know. */
const UNKNOWN_DATABASE = 81;

interface Slot {
  readonly slot: TenantSlot;
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
  readonly #free: Set<TenantSlot>;

  constructor(clients: StoreClients, { clock, leaseSeconds = LEASE_SECONDS }: ScopedReaderOptions) {
    this.#clients = clients;
    this.#clock = clock;
    this.#leaseSeconds = leaseSeconds;
    this.#free = new Set(tenantSlots(clients.database));
  }

  /** The whole answer, within the scope. Throws STORE_NO_TENANTS, STORE_SCOPES_BUSY, and what any question may. */
  query(scope: ReadScope, options: QueryOptions): Promise<QueryAnswer> {
    return this.#ask(scope, (tenant) => queryRows(this.#clients, options, tenant));
  }

  /** The same as bytes in one of the formats. */
  queryBytes(scope: ReadScope, options: QueryOptions & { readonly format: StreamFormat }): Promise<Buffer> {
    return this.#ask(scope, (tenant) => queryBytes(this.#clients, options, tenant));
  }

  async #ask<T>(scope: ReadScope, work: (tenant: ClickHouseClient) => Promise<T>): Promise<T> {
    const scoped = this.#scopedOf(scope);
    scoped.running += 1;
    try {
      const { client, login } = await scoped.slot;
      if (!this.#isKept(scoped)) throw new StoreError('STORE_SCOPES_BUSY', 'the slot was made too slowly');
      return await work(client).catch((thrown: unknown) => {
        // Dropped by another one, to whom its time seemed over; the next question opens another.
        if (isGone(thrown, login)) this.#retire(scopeKey(scope), scoped);
        throw thrown;
      });
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
    if (known !== undefined && this.#isKept(known)) return known;
    if (known !== undefined) this.#retire(key, known);
    const keptSeconds = Math.max(this.#leaseSeconds - LEASE_REST_SECONDS, 0);
    const nowNs = this.#clock.monotonicNs(); // Before the lease begins, so that it ends later than is thought here.
    const retireNs = nowNs + BigInt(keptSeconds) * 1_000_000_000n;
    const slot = this.#open(scope);
    const fresh: Scoped = { slot, retireNs, running: 0, lastUsedNs: nowNs, isRetired: false };
    this.#scopes.set(key, fresh);
    slot.catch(() => {
      if (this.#scopes.get(key) === fresh) this.#scopes.delete(key);
    });
    return fresh;
  }

  #isKept({ retireNs }: Scoped): boolean {
    return this.#clock.monotonicNs() < retireNs;
  }

  async #open(scope: ReadScope): Promise<Slot> {
    const { tenant, server, database } = this.#clients;
    if (tenant === undefined) throw new StoreError('STORE_NO_TENANTS', "no tenants' users are configured");
    const { slot, login } = await this.#take().catch(withoutRights);
    try {
      for (const { name, select } of scopeViews(scope, database)) {
        const query = `CREATE VIEW ${login.database}.${name} DEFINER = CURRENT_USER SQL SECURITY DEFINER AS\n${select}`;
        await server.command({ query, clickhouse_settings: { max_query_size: String(MAX_VIEW_BYTES) } });
      }
      return { slot, login, client: tenant(login) };
    } catch (thrown) {
      await this.#release(slot, login);
      return withoutRights(thrown);
    }
  }

  /** A slot that neither this process nor another one uses. */
  async #take(): Promise<Pick<Slot, 'slot' | 'login'>> {
    if (this.#free.size === 0) await this.#makeRoom();
    for (const slot of [...this.#free]) {
      if (!this.#free.delete(slot)) continue; // Taken while this waited.
      const login = await takeSlot(this.#clients, slot, this.#leaseSeconds).catch((thrown: unknown) => {
        this.#free.add(slot);
        throw thrown;
      });
      if (login !== undefined) return { slot, login };
      this.#free.add(slot);
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
    if (this.#scopes.get(key) === scoped) this.#scopes.delete(key);
    scoped.isRetired = true;
    if (scoped.running === 0) void this.#close(scoped);
  }

  async #close(scoped: Scoped): Promise<void> {
    const slot = await scoped.slot.catch(() => undefined);
    if (slot === undefined) return;
    await slot.client.close();
    await this.#release(slot.slot, slot.login);
  }

  /** What cannot be dropped now can be taken by anyone when its time is over. */
  async #release(slot: TenantSlot, login: TenantLogin): Promise<void> {
    await dropSlot(this.#clients, login).catch(() => undefined);
    this.#free.add(slot);
  }
}

/** Not some other database that the asker named. */
function isGone(thrown: unknown, { database }: TenantLogin): boolean {
  return clickhouseNumber(thrown) === UNKNOWN_DATABASE && toStoreError(thrown).message.includes(database);
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
