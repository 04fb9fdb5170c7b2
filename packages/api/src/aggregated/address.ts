import type { IncomingMessage } from 'node:http';

/** Group and version that the API has as a part of a cluster's own. */
export const GROUP = 'query.tomte.dev';
export const VERSION = 'v1alpha1';
const PREFIX = `/apis/${GROUP}/${VERSION}`;

/** Addresses that are answered as they stand: a cluster asks them of each API that is part of its own. */
const asTheyStand: ReadonlySet<string> = new Set([
  PREFIX,
  '/apis',
  `/apis/${GROUP}`,
  '/openapi/v2',
  '/openapi/v3',
  '/healthz',
  '/readyz',
]);

const NAMESPACED = new RegExp(`^${PREFIX.replaceAll('.', '\\.')}/(?:namespaces/([a-z0-9-]{1,63})/)?(.+)$`);
/** Nothing is here. */
const NOWHERE = '/nowhere';

const namespaces = new WeakMap<IncomingMessage, string>();

/** The namespace that the address of a request is in; undefined for all that its asker sees. */
export function namespaceOf(request: IncomingMessage): string | undefined {
  return namespaces.get(request);
}

/**
 * `/apis/GROUP/VERSION/namespaces/NAMESPACE/requests` → `/api/v1/requests`, and the namespace is kept beside it. The
 * cluster's API server has looked whether the asker may have the resource of that name there, before it handed the
 * request over. All routes are those of the API itself.
 */
export function toOwnAddress(request: IncomingMessage): string {
  const [path = '', ...query] = (request.url ?? '').split('?');
  if (asTheyStand.has(path)) return request.url ?? '';
  const [, namespace, rest] = NAMESPACED.exec(path) ?? [];
  if (rest === undefined) return NOWHERE;
  if (namespace !== undefined) namespaces.set(request, namespace);
  const own = rest === 'openapi' ? '/openapi.json' : `/api/v1/${rest}`;
  return [own, ...query].join('?');
}
