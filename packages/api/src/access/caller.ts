import { createHash, timingSafeEqual } from 'node:crypto';
import { apiError } from '../errors.ts';
import type { IncomingMessage } from 'node:http';
import { type FrontProxy, verifiedNameOf } from '../aggregated/front-proxy.ts';
import { type Headers, refuseForeign, refuseForeignHost } from '../guard.ts';
import type { Asker, ClusterAccess } from './cluster-access.ts';

/** `operator`: whoever has the API's own token, or a program of this machine where there is none. */
export type Caller = { readonly kind: 'operator' } | { readonly kind: 'asker'; readonly asker: Asker };

export interface CallerOptions {
  readonly token: string | undefined;
  readonly cluster: ClusterAccess | undefined;
  readonly frontProxy?: FrontProxy | undefined;
}

const operator: Caller = { kind: 'operator' };
const BEARER = /^Bearer +([\x21-\x7e]{1,16384})$/i;

/**
 * Who calls; rejects with the reason when nobody does that is known. With a cluster there is no trust in loopback:
 * whoever may forward a port to the pod would have it. What headers say of a user counts only from a front proxy whose
 * certificate was verified.
 */
export function createCallers({
  token,
  cluster,
  frontProxy,
}: CallerOptions): (request: IncomingMessage) => Promise<Caller> {
  if (token === undefined && cluster === undefined) return ({ headers }) => local(headers);
  const expected = token === undefined ? undefined : digest(token);
  return async (request) => {
    const { headers } = request;
    const proxied = frontProxy === undefined ? undefined : proxiedAsker(frontProxy, request);
    if (proxied !== undefined) return { kind: 'asker', asker: proxied };
    const given = bearerOf(headers);
    if (expected !== undefined && timingSafeEqual(digest(given), expected)) return operator;
    const asker = await cluster?.identify(given);
    if (asker !== undefined) return { kind: 'asker', asker };
    const facts =
      cluster === undefined
        ? 'the token is not the one that this API knows'
        : 'the token is nobody’s that the cluster knows';
    throw apiError('API_TOKEN_WRONG', facts, { family: 'user', remedy });
  };
}

const remedy =
  'Send the header `Authorization: Bearer TOKEN` (tomte: --token or TOMTE_TOKEN); in a cluster the token of a ' +
  'service account (`kubectl create token NAME`) or of a person.';

function proxiedAsker(frontProxy: FrontProxy, request: IncomingMessage): Asker | undefined {
  const name = verifiedNameOf(request);
  return name === undefined ? undefined : frontProxy.askerOf(name, request.headersDistinct);
}

/** A link from another page may lead to ours: its files tell nothing. A name that is not this machine's may not. */
export function requireOwnHost(headers: Headers): void {
  const problem = refuseForeignHost(headers);
  if (problem !== undefined) throw problem;
}

async function local(headers: Headers): Promise<Caller> {
  const problem = refuseForeign(headers);
  if (problem !== undefined) throw problem;
  return operator;
}

function bearerOf(headers: Headers): string {
  const given = BEARER.exec(headers.authorization ?? '')?.[1];
  if (given !== undefined) return given;
  throw apiError('API_TOKEN_MISSING', 'the request has no token', { family: 'user', remedy });
}

/** Of equal length for any token: the comparison says nothing of its length either. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
