import type { FastifyInstance } from 'fastify';
import type { ApiContext } from '../context.ts';

const READY_TIMEOUT_MS = 2_000;

export function healthRoutes(app: FastifyInstance, context: ApiContext): void {
  app.get(
    '/healthz',
    { schema: { summary: 'The process lives', tags: ['health'] }, config: { access: 'process' } },
    () => ({
      status: 'ok',
    }),
  );
  app.get(
    '/readyz',
    { schema: { summary: 'Questions can be answered', tags: ['health'] }, config: { access: 'process' } },
    async () => {
      await context.ping(AbortSignal.timeout(READY_TIMEOUT_MS));
      return { status: 'ok' };
    },
  );
  app.get(
    '/metrics',
    {
      schema: { summary: "The API's own metrics, for Prometheus", tags: ['health'] },
      config: { access: 'self' },
    },
    (_, reply) =>
      reply
        .header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
        .send(context.metrics.toText(context.gate.runningCount)),
  );
}
