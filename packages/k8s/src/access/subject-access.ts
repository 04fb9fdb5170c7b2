import { createHash } from 'node:crypto';
import type { Clock } from '@tomte/kit';
import { askOnce } from './ask-once.ts';
import type { ApiClient } from '../api/api-client.ts';
import { type Asker, askerKey } from './asker.ts';
import { ExpiringCache } from './expiring-cache.ts';

/** What someone wants to do. */
export type Deed =
  | {
      readonly verb: 'get' | 'list';
      readonly resource: 'pods';
      readonly subresource?: 'log';
      /** Empty: in all namespaces. */
      readonly namespace: string;
    }
  | { readonly verb: 'get'; readonly path: string };

/** A right that was taken back is still believed for so long; one that was given is not yet seen for so long. */
const KNOWN_MS = 30_000;
const MAX_ANSWERS = 65_536;
const MAX_LOADING = 16_384;

/** Asks the API server what someone may do, by whatever authorizer it has. */
export class SubjectAccess {
  readonly #server: ApiClient;
  readonly #cache: ExpiringCache<boolean>;

  constructor(server: ApiClient, clock: Clock) {
    this.#server = server;
    this.#cache = new ExpiringCache<boolean>({
      clock,
      maxEntries: MAX_ANSWERS,
      maxLoading: MAX_LOADING,
      ttlMs: () => KNOWN_MS,
    });
  }

  may(asker: Asker, deed: Deed): Promise<boolean> {
    const key = createHash('sha256')
      .update(JSON.stringify([askerKey(asker), deed]))
      .digest('base64');
    return this.#cache.get(key, () => this.#review(asker, deed));
  }

  async #review({ name, uid, groups, extra }: Asker, deed: Deed): Promise<boolean> {
    const attributes =
      'path' in deed ? { nonResourceAttributes: deed } : { resourceAttributes: { version: 'v1', ...deed } };
    const review = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: { user: name, uid, groups, extra, ...attributes },
    };
    const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
    const { status }: { readonly status?: unknown } = Object(await askOnce(this.#server, path, review));
    const { allowed }: { readonly allowed?: unknown } = Object(status);
    return allowed === true;
  }
}
