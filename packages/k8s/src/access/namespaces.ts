import type { Clock } from '@tomte/kit';
import { askOnce } from './ask-once.ts';
import type { ApiClient } from '../api/api-client.ts';
import { ExpiringCache } from './expiring-cache.ts';

/** Of a cluster. Those beyond are seen by readers of all namespaces alone, which their scope says. */
const MAX_NAMESPACES = 5_000;
/** A new namespace is not seen for so long. */
const KNOWN_MS = 10_000;
const PAGE_ITEMS = 500;

export interface NamespaceList {
  readonly names: readonly string[];
  /** There are more than MAX_NAMESPACES. */
  readonly isCut: boolean;
}

/** The names of the cluster's namespaces. */
export class Namespaces {
  readonly #server: ApiClient;
  readonly #cache: ExpiringCache<NamespaceList>;

  constructor(server: ApiClient, clock: Clock) {
    this.#server = server;
    this.#cache = new ExpiringCache<NamespaceList>({
      clock,
      maxEntries: 1,
      maxLoading: 1,
      ttlMs: () => KNOWN_MS,
    });
  }

  list(): Promise<NamespaceList> {
    return this.#cache.get('', () => this.#load());
  }

  async #load(): Promise<NamespaceList> {
    const names: string[] = [];
    let next = '';
    do {
      const path = `/api/v1/namespaces?limit=${PAGE_ITEMS}&continue=${encodeURIComponent(next)}`;
      const page = Object(await askOnce(this.#server, path));
      for (const item of Array.isArray(page.items) ? page.items : [])
        names.push(String(Object(Object(item).metadata).name));
      next = String(Object(page.metadata).continue ?? '');
    } while (next !== '' && names.length < MAX_NAMESPACES);
    return { names: names.slice(0, MAX_NAMESPACES), isCut: next !== '' || names.length > MAX_NAMESPACES };
  }
}
