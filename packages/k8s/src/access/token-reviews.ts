import { createHash } from 'node:crypto';
import type { Clock } from '@tomte/kit';
import { askOnce } from './ask-once.ts';
import type { ApiClient } from '../api/api-client.ts';
import { type Asker, toAsker } from './asker.ts';
import { ExpiringCache } from './expiring-cache.ts';

/** A token that was taken back is still believed for so long. */
const KNOWN_MS = 30_000;
/** So that a wrong token, sent again and again, is not the API server's burden. */
const UNKNOWN_MS = 10_000;
const MAX_TOKENS = 4_096;
const MAX_LOADING = 64;

interface Reviewed {
  readonly asker: Asker | undefined;
}

/** Asks the API server whose a bearer token is. Tokens are remembered by their hash alone. */
export class TokenReviews {
  readonly #server: ApiClient;
  readonly #cache: ExpiringCache<Reviewed>;

  constructor(server: ApiClient, clock: Clock) {
    this.#server = server;
    this.#cache = new ExpiringCache<Reviewed>({
      clock,
      maxEntries: MAX_TOKENS,
      maxLoading: MAX_LOADING,
      ttlMs: ({ asker }) => (asker === undefined ? UNKNOWN_MS : KNOWN_MS),
    });
  }

  /** Undefined when it is nobody's. Rejects when the API server cannot be asked. */
  async identify(token: string): Promise<Asker | undefined> {
    const key = createHash('sha256').update(token).digest('base64');
    const { asker } = await this.#cache.get(key, () => this.#review(token));
    return asker;
  }

  async #review(token: string): Promise<Reviewed> {
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } };
    const answer = await askOnce(this.#server, '/apis/authentication.k8s.io/v1/tokenreviews', review);
    const { status }: { readonly status?: unknown } = Object(answer);
    const { authenticated, user }: { readonly authenticated?: unknown; readonly user?: unknown } =
      Object(status);
    return { asker: authenticated === true ? toAsker(user) : undefined };
  }
}
