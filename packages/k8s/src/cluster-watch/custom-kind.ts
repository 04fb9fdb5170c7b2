import type { ApiClient } from '../api/api-client.ts';
import { K8sError } from '../api/errors.ts';
import { listAt, textAt } from '../objects/json.ts';
import type { CustomOwner } from './options.ts';

const NOT_FOUND = 404;
/** The server behind an aggregated group is away: nothing else waits for it. */
const UNAVAILABLE = 503;

/** A custom kind whose name is known once its definition is there: `Rollout` of `argoproj.io/v1alpha1/rollouts`. */
export class CustomKind {
  readonly isTold = true;
  readonly path: string;
  readonly #owner: CustomOwner;
  readonly #client: ApiClient;
  #kind = '';

  constructor(owner: CustomOwner, client: ApiClient) {
    this.#owner = owner;
    this.#client = client;
    this.path = `/apis/${owner.group}/${owner.version}/${owner.resource}`;
  }

  /** Empty until it was found. */
  get kind(): string {
    return this.#kind;
  }

  /** @throws K8sError K8S_OWNER_UNKNOWN with status 404 where no such kind is defined */
  async find(signal: AbortSignal): Promise<void> {
    const { group, version, resource } = this.#owner;
    const answer = await this.#client
      .getJson({ path: `/apis/${group}/${version}`, signal })
      .catch(unlessUnknown);
    const found = listAt(answer, 'resources').find((one) => textAt(one, 'name') === resource);
    if (found === undefined) {
      const facts = `the cluster has no ${group}/${version}/${resource}, which may own workloads`;
      throw new K8sError('K8S_OWNER_UNKNOWN', facts, { status: NOT_FOUND });
    }
    this.#kind = textAt(found, 'kind');
  }
}

/** A group of which nothing is defined is not there at all. */
function unlessUnknown(thrown: unknown): undefined {
  const status = thrown instanceof K8sError ? thrown.status : 0;
  if (status === NOT_FOUND || status === UNAVAILABLE) return undefined;
  throw thrown;
}
