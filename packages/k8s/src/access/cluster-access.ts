import type { Clock } from '@tomte/kit';
import { ApiClient, type ApiServer } from '../api/api-client.ts';
import { type Asker, askerKey } from './asker.ts';
import { ExpiringCache } from './expiring-cache.ts';
import { Namespaces } from './namespaces.ts';
import { SubjectAccess } from './subject-access.ts';
import { TokenReviews } from './token-reviews.ts';

/** What someone may read, by what they may do with pods. */
export interface PodAccess {
  /** Where they may `get pods`; `all` for those who may `list pods` in all namespaces. */
  readonly namespaces: 'all' | readonly string[];
  /** Where they may `get pods/log`. */
  readonly logsOf: 'all' | readonly string[];
  /** There were more namespaces than can be asked about. */
  readonly isCut: boolean;
}

/** What one scope may name; a person with more and not all of them is served the first by name. */
const MAX_SCOPE_NAMESPACES = 2_000;
/** To the API server at once. */
const MAX_CONNECTIONS = 16;
const SCOPE_MS = 10_000;
const MAX_ASKERS = 1_024;
const MAX_LOADING = 64;

/** Who asks, and what they may see, by the cluster's own rules. */
export class ClusterAccess {
  readonly #server: ApiClient;
  readonly #tokens: TokenReviews;
  readonly #subjects: SubjectAccess;
  readonly #namespaces: Namespaces;
  readonly #scopes: ExpiringCache<PodAccess>;

  constructor(server: ApiServer, clock: Clock) {
    this.#server = new ApiClient(server, MAX_CONNECTIONS);
    this.#tokens = new TokenReviews(this.#server, clock);
    this.#subjects = new SubjectAccess(this.#server, clock);
    this.#namespaces = new Namespaces(this.#server, clock);
    this.#scopes = new ExpiringCache<PodAccess>({
      clock,
      maxEntries: MAX_ASKERS,
      maxLoading: MAX_LOADING,
      ttlMs: () => SCOPE_MS,
    });
  }

  /** Undefined when the cluster does not know the token. */
  identify(token: string): Promise<Asker | undefined> {
    return this.#tokens.identify(token);
  }

  podAccess(asker: Asker): Promise<PodAccess> {
    return this.#scopes.get(askerKey(asker), () => this.#podAccess(asker));
  }

  /** Whether they may `get` a path that is no resource, such as /metrics. */
  mayGetPath(asker: Asker, path: string): Promise<boolean> {
    return this.#subjects.may(asker, { verb: 'get', path });
  }

  close(): void {
    this.#server.close();
  }

  async #podAccess(asker: Asker): Promise<PodAccess> {
    const [seesAll, readsAll] = await Promise.all([
      this.#subjects.may(asker, { verb: 'list', resource: 'pods', namespace: '' }),
      this.#subjects.may(asker, { verb: 'get', resource: 'pods', subresource: 'log', namespace: '' }),
    ]);
    if (seesAll && readsAll) return { namespaces: 'all', logsOf: 'all', isCut: false };
    const { names, isCut } = await this.#namespaces.list();
    const seen = seesAll ? names : await this.#where(asker, names);
    const kept = seen.slice(0, MAX_SCOPE_NAMESPACES);
    const logsOf = readsAll ? kept : await this.#where(asker, kept, 'log');
    return {
      namespaces: seesAll ? 'all' : kept,
      logsOf,
      isCut: isCut || kept.length < seen.length,
    };
  }

  /** The namespaces of the list where they may get pods, or their logs. The server's connections limit how many at once. */
  async #where(asker: Asker, names: readonly string[], subresource?: 'log'): Promise<readonly string[]> {
    const more = subresource === undefined ? {} : { subresource };
    const answers = await Promise.all(
      names.map((namespace) =>
        this.#subjects.may(asker, { verb: 'get', resource: 'pods', ...more, namespace }),
      ),
    );
    return names.filter((_, index) => answers[index] === true);
  }
}
