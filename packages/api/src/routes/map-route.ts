import type { FastifyInstance } from 'fastify';
import { findView, parseQuestion, views } from '@tomte/query';
import { readingFor } from '../access/authenticate.ts';
import { ask } from '../ask.ts';
import { type ApiContext, parametersOf, withinLimits } from '../context.ts';
import { toServiceMap } from '../service-map.ts';
import { viewParametersSchema } from '../schemas.ts';

/** Who asks whom, as nodes and edges. Its parameters are those of the view `edges`. */
export function mapRoute(app: FastifyInstance, context: ApiContext): void {
  const view = findView(views, 'edges');
  if (!view.ok) throw view.error;
  const edges = view.value;
  const schema = {
    summary: 'The service map: nodes and edges in one answer',
    tags: ['views'],
    querystring: viewParametersSchema(edges),
  };
  app.get('/api/v1/map', { schema, config: { access: 'rows' } }, async (request, reply) => {
    const reading = readingFor(request);
    const { limit = [String(edges.maxLimitRows)], ...parameters } = parametersOf(request);
    const question = parseQuestion(edges, { ...parameters, limit }, context.clock.wallNs());
    if (!question.ok) throw question.error;
    const answer = await withinLimits(context, reply, (signal) => ask(reading, question.value, signal));
    const { range, source, completeness, data } = answer;
    return reply.send({ range, source, ...toServiceMap(data), completeness });
  });
}
