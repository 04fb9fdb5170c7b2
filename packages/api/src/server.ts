import type { Server } from 'node:http';
import swagger from '@fastify/swagger';
import { AppError } from '@tomte/kit';
import fastify, { type FastifyError, type FastifyInstance, type FastifyServerOptions } from 'fastify';
import { toOwnAddress } from './aggregated/address.ts';
import { discoveryRoutes } from './aggregated/discovery.ts';
import { createTlsServer } from './aggregated/tls-server.ts';
import type { ApiContext } from './context.ts';
import { apiError, statusOf, toProblem } from './errors.ts';
import { addAuthentication } from './access/authenticate.ts';
import { requireRouteAccess } from './access/route-access.ts';
import { isLoopback } from './guard.ts';
import { ApiMetrics } from './metrics.ts';
import { type AggregatedOptions, type ApiOptions, defaultLimits } from './options.ts';
import { QueryGate } from './query-gate.ts';
import { completeRoute } from './routes/complete-route.ts';
import { healthRoutes } from './routes/health-routes.ts';
import { pageRoutes } from './routes/page-routes.ts';
import { mapRoute } from './routes/map-route.ts';
import { prometheusRoutes } from './routes/prometheus-routes.ts';
import { requestRoute } from './routes/request-route.ts';
import { schemasRoute } from './routes/schemas-route.ts';
import { sqlRoute } from './routes/sql-route.ts';
import { tailRoute } from './routes/tail-route.ts';
import { viewRoutes } from './routes/view-routes.ts';
import { boundUnsentAnswers, STALLED_BEYOND_MS } from './unsent-answers.ts';

/** A request must have come whole by then; the time of its answer is not in it. */
const REQUEST_TIMEOUT_MS = 30_000;

/** The API, not yet listening. Throws API_TOKEN_REQUIRED when strangers could reach it. */
export async function createApi(options: ApiOptions): Promise<FastifyInstance> {
  requireLogin(options);
  return build(options, createContext(options));
}

/** The same routes, at the address that they have as a part of a cluster's API. */
async function createAggregatedApi(
  options: ApiOptions,
  aggregated: AggregatedOptions,
  context: ApiContext,
): Promise<FastifyInstance> {
  return build(options, context, {
    rewriteUrl: (request) => toOwnAddress(request),
    serverFactory(handler) {
      const server = createTlsServer(aggregated, { requestTimeout: REQUEST_TIMEOUT_MS }, handler);
      server.setTimeout(context.limits.queryTimeoutMs + STALLED_BEYOND_MS);
      return server as unknown as Server; // Proof: fastify asks for a server of requests; which it is, it does not look at.
    },
  });
}

type Serving = Pick<FastifyServerOptions, 'rewriteUrl' | 'serverFactory'>;

async function build(options: ApiOptions, context: ApiContext, serving?: Serving): Promise<FastifyInstance> {
  const app = fastify({
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: context.limits.queryTimeoutMs + STALLED_BEYOND_MS,
    bodyLimit: context.limits.bodyBytes,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 256 },
    ...serving,
  });
  app.setValidatorCompiler(() => () => true); // `query` reads and checks, and names the remedy.
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  app.removeContentTypeParser('text/plain'); // A foreign page may send text without asking first; JSON it may not.
  addErrors(app, context, options);
  requireRouteAccess(app);
  addAuthentication(app, options);
  addMetrics(app, context);
  boundUnsentAnswers(app, context.limits.unsentBytes);
  await app.register(swagger, { openapi: openapiHead(context.version) });
  app.after(() => {
    healthRoutes(app, context);
    viewRoutes(app, context);
    requestRoute(app, context);
    tailRoute(app, context);
    mapRoute(app, context);
    completeRoute(app, context);
    schemasRoute(app);
    sqlRoute(app, context);
    // Forms are read here alone.
    app.register((scope, _, done) => {
      prometheusRoutes(scope, context);
      done();
    });
    if (serving !== undefined) discoveryRoutes(app, context.version);
    else if (options.pageFolder !== undefined) pageRoutes(app, options.pageFolder);
    app.get('/openapi.json', { schema: { hide: true }, config: { access: 'catalogue' } }, () =>
      app.swagger(),
    );
  });
  await app.ready();
  return app;
}

export interface RunningApi {
  /** Base URL, with the port that was taken. */
  readonly url: string;
  /** Port behind the cluster's API server; 0 when it is no part of one. */
  readonly aggregatedPort: number;
  close(): Promise<void>;
}

export async function startApi(options: ApiOptions): Promise<RunningApi> {
  const apps: FastifyInstance[] = [];
  const close = async (): Promise<void> => void (await Promise.all(apps.map((app) => app.close())));
  try {
    requireLogin(options);
    const context = createContext(options);
    const own = await build(options, context);
    apps.push(own);
    const url = await listen(own, options, '--api-listen');
    const { aggregated } = options;
    if (aggregated === undefined) return { url, aggregatedPort: 0, close };
    const behind = await createAggregatedApi(options, aggregated, context);
    apps.push(behind);
    const aggregatedUrl = await listen(behind, aggregated, '--aggregated-listen');
    return { url, aggregatedPort: Number(new URL(aggregatedUrl).port), close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

async function listen(
  app: FastifyInstance,
  { host, port }: { readonly host: string; readonly port: number },
  flag: string,
): Promise<string> {
  return app.listen({ host, port }).catch((thrown: unknown) => {
    const remedy = `Choose another port than ${port} (\`tomte up --port\`, ${flag}), or end the program that has it.`;
    throw AppError.from(thrown, 'API_LISTEN_FAILED', { family: 'user', remedy });
  });
}

function createContext(options: ApiOptions): ApiContext {
  const limits = { ...defaultLimits, ...options.limits };
  return {
    ping: (signal) => options.sql.ping(signal),
    clock: options.clock,
    limits,
    gate: new QueryGate(limits.concurrentQueries, limits.waitingQueries),
    metrics: new ApiMetrics(),
    agentUrls: options.agentUrls ?? (() => []),
    version: options.version ?? '0.1.0',
  };
}

function addMetrics(app: FastifyInstance, context: ApiContext): void {
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    context.metrics.observe(route, reply.statusCode, reply.elapsedTime / 1_000);
    done();
  });
}

function addErrors(app: FastifyInstance, context: ApiContext, options: ApiOptions): void {
  app.setErrorHandler<FastifyError>((thrown, request, reply) => {
    const error = toAppError(thrown);
    const status = statusOf(error);
    context.metrics.countError(error.code);
    const route = request.routeOptions.url ?? 'unknown';
    options.emit?.({
      kind: 'request_failed',
      method: request.method,
      route,
      status,
      code: error.code,
      error,
    });
    if (status === 401) reply.header('www-authenticate', 'Bearer realm="tomte"');
    if (status === 503) reply.header('retry-after', '1');
    return reply
      .code(status)
      .header('content-type', 'application/problem+json; charset=utf-8')
      .send(JSON.stringify(toProblem(error)));
  });
  app.setNotFoundHandler((request) => {
    const path = JSON.stringify(request.url.split('?')[0]?.slice(0, 80) ?? '');
    const remedy = 'See /openapi.json for what there is.';
    throw apiError('API_ROUTE_UNKNOWN', `there is no ${request.method} ${path}`, { family: 'user', remedy });
  });
}

/** Errors of fastify itself, by its own codes. */
function toAppError(thrown: FastifyError | AppError): AppError {
  if (thrown instanceof AppError) return thrown;
  const family = 'user';
  switch (thrown.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return apiError('API_BODY_TOO_LARGE', 'the body is too large', { family, remedy: 'Send less.' });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return apiError('API_BODY_TYPE', 'the body is not JSON', {
        family,
        remedy: 'Send content-type application/json.',
      });
    default:
      break;
  }
  if (thrown.statusCode !== undefined && thrown.statusCode >= 400 && thrown.statusCode < 500) {
    return apiError('API_REQUEST_INVALID', thrown.message, { family, remedy: 'Mend the request.' });
  }
  return apiError('API_INTERNAL', thrown.message, { family: 'unexpected', cause: thrown });
}

function requireLogin({ token, cluster, host }: ApiOptions): void {
  if (token === undefined && cluster === undefined && !isLoopback(host)) throw tokenRequired(host);
}

function tokenRequired(host: string): AppError {
  const remedy = 'Give a token, or listen on 127.0.0.1.';
  return new AppError('API_TOKEN_REQUIRED', `the API would listen on ${host} without a token`, {
    family: 'user',
    remedy,
  });
}

function openapiHead(version: string) {
  return {
    openapi: '3.1.0' as const,
    info: {
      title: 'Tomte',
      version,
      description:
        'What the agents saw. Times are RFC 3339 in UTC with nanoseconds, durations whole nanoseconds (`_ns`), ' +
        'sizes bytes, 64-bit identifiers strings. Every answer says what it lacks in `completeness`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
  };
}
