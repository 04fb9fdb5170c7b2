import type { FastifyInstance, FastifyRequest } from 'fastify';
import { namespaceOf } from '../aggregated/address.ts';
import { apiError } from '../errors.ts';
import type { ApiOptions } from '../options.ts';
import { createCallers, requireOwnHost } from './caller.ts';
import { clusterReaderNeeded, type Reading, readingOf } from './reading.ts';
import type { RouteAccess } from './route-access.ts';

const readings = new WeakMap<FastifyRequest, Reading>();

/** What the asker of this request may read: a route for `rows` has it, any other has none. */
export function readingFor(request: FastifyRequest): Reading {
  const reading = readings.get(request);
  if (reading !== undefined) return reading;
  throw apiError('API_INTERNAL', 'a route that is not for rows asks for rows', { family: 'unexpected' });
}

/** Before each route: who asks, and whether they may ask it. An unknown address is refused to strangers as any other. */
export function addAuthentication(app: FastifyInstance, options: ApiOptions): void {
  const { sql, cluster, token, aggregated } = options;
  const whoCalls = createCallers({ token, cluster, frontProxy: aggregated?.frontProxy });
  const hasLogin = token !== undefined || cluster !== undefined;
  app.addHook('onRequest', async (request) => {
    const access: RouteAccess = request.routeOptions.config.access ?? 'catalogue';
    if (access === 'process' && hasLogin) return;
    if (access === 'page') return hasLogin ? undefined : requireOwnHost(request.raw.headers);
    const caller = await whoCalls(request.raw);
    if (access === 'rows') {
      const reading = await readingOf(sql, caller, cluster);
      const namespace = namespaceOf(request.raw);
      readings.set(request, namespace === undefined ? reading : reading.within(namespace));
    }
    if (access !== 'self' || caller.kind === 'operator') return;
    const path = request.routeOptions.url ?? '';
    if ((await cluster?.mayGetPath(caller.asker, path)) !== true)
      throw clusterReaderNeeded(`${path} is not for you`);
  });
}
