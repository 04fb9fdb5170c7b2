import type { FastifyInstance } from 'fastify';
import { AppError } from '@tomte/kit';

/**
 * What a route tells. `process`: that the process lives, to whoever keeps it alive. `catalogue`: what can be asked,
 * to everyone who is known. `rows`: what was observed, within the asker's scope. `self`: of the API itself, to those
 * who may get that path. `page`: the files of the web page, the same for everybody, before anybody can have logged in.
 */
export type RouteAccess = 'process' | 'page' | 'catalogue' | 'rows' | 'self';

declare module 'fastify' {
  interface FastifyContextConfig {
    readonly access?: RouteAccess;
  }
}

/** A route without a class cannot be added: whoever writes one decides what it tells, and to whom. */
export function requireRouteAccess(app: FastifyInstance): void {
  app.addHook('onRoute', ({ method, url, config }) => {
    if (config?.access !== undefined) return;
    throw new AppError('API_INTERNAL', `the route ${String(method)} ${url} says no access`, {
      family: 'unexpected',
    });
  });
}
