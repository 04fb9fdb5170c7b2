import { createHash } from 'node:crypto';
import type { Clock } from '@tomte/kit';
import type { ApiClient } from '../api/api-client.ts';
import { askOnce } from './ask-once.ts';
import { type Asker, toAsker } from './asker.ts';
import { ExpiringCache } from './expiring-cache.ts';

/** An agent whose stream broke comes back with the token of before; one that was taken back is believed for so long. */
const KNOWN_MS = 60_000;
const REFUSED_MS = 10_000;
const MAX_TOKENS = 8_192;
const MAX_LOADING = 256;

/** What the API server puts into a bound token of a pod (KEP-4193), and so says of its bearer. */
const NODE_OF_TOKEN = 'authentication.kubernetes.io/node-name';
const POD_OF_TOKEN = 'authentication.kubernetes.io/pod-uid';

export type AgentTokenVerdict =
  /** `principal` is the same for every agent of one node, also after an upgrade. */
  | { readonly kind: 'authentic'; readonly principal: string }
  | { readonly kind: 'refused'; readonly detail: string };

export interface AgentTokenRules {
  /** For whom the token must have been made out. */
  readonly audience: string;
  /** `system:serviceaccount:NAMESPACE:NAME`: any pod may ask for a token of this audience, but of its own account. */
  readonly user: string;
}

/** Asks the API server whether a token is one of our agents'. */
export class AgentTokens {
  readonly #server: ApiClient;
  readonly #rules: AgentTokenRules;
  readonly #cache: ExpiringCache<AgentTokenVerdict>;

  constructor(server: ApiClient, rules: AgentTokenRules, clock: Clock) {
    this.#server = server;
    this.#rules = rules;
    this.#cache = new ExpiringCache<AgentTokenVerdict>({
      clock,
      maxEntries: MAX_TOKENS,
      maxLoading: MAX_LOADING,
      ttlMs: ({ kind }) => (kind === 'authentic' ? KNOWN_MS : REFUSED_MS),
    });
  }

  /** Rejects when the API server cannot be asked. */
  verify(token: string | undefined): Promise<AgentTokenVerdict> {
    if (token === undefined) return Promise.resolve({ kind: 'refused', detail: 'there is no token' });
    const key = createHash('sha256').update(token).digest('base64');
    return this.#cache.get(key, () => this.#review(token));
  }

  async #review(token: string): Promise<AgentTokenVerdict> {
    const { audience, user } = this.#rules;
    const spec = { token, audiences: [audience] };
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec };
    const answer = await askOnce(this.#server, '/apis/authentication.k8s.io/v1/tokenreviews', review);
    const { status }: { readonly status?: unknown } = Object(answer);
    const said: { readonly authenticated?: unknown; readonly audiences?: unknown; readonly user?: unknown } =
      Object(status);
    const bearer = said.authenticated === true ? toAsker(said.user) : undefined;
    const isForUs = Array.isArray(said.audiences) && said.audiences.includes(audience);
    if (bearer === undefined || !isForUs)
      return { kind: 'refused', detail: `the token is not good for the audience ${audience}` };
    if (bearer.name !== user) return { kind: 'refused', detail: `the token is of ${bearer.name}` };
    return { kind: 'authentic', principal: principalOf(bearer) };
  }
}

/** Its node; from API servers that do not tell it, its pod. */
function principalOf({ extra }: Asker): string {
  return extra[NODE_OF_TOKEN]?.[0] ?? extra[POD_OF_TOKEN]?.[0] ?? '';
}
