import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type AnyView, findView, parseQuestion, views } from '@tomte/query';
import { readingFor } from '../access/authenticate.ts';
import { askArrow } from '../ask-arrow.ts';
import { ask } from '../ask.ts';
import { type ApiContext, parametersOf, withinLimits } from '../context.ts';
import { parseFormat } from '../format.ts';
import { openRequests } from '../open-requests.ts';
import { answerSchema, viewParametersSchema } from '../schemas.ts';
import { sendAnswer, sendArrow } from '../send-answer.ts';

/** Views with an address of their own beside /api/v1/views/{name}. */
export const ownAddresses = [
  'requests',
  'services',
  'edges',
  'connections',
  'syscalls',
  'processes',
  'loss',
  'agents',
];

export function viewRoutes(app: FastifyInstance, context: ApiContext): void {
  app.get(
    '/api/v1/views',
    {
      schema: { summary: 'Every view, its parameters and columns', tags: ['views'] },
      config: { access: 'catalogue' },
    },
    () => ({
      data: views.map(describeView),
    }),
  );
  app.get<{ Params: { name: string } }>(
    '/api/v1/views/:name',
    {
      schema: { summary: 'The answer of any view', tags: ['views'], response: answerSchema },
      config: { access: 'rows' },
    },
    (request, reply) => {
      const view = findView(views, request.params.name);
      if (!view.ok) throw view.error;
      return answerView(context, view.value, request, reply);
    },
  );
  for (const view of views.filter(({ name }) => ownAddresses.includes(name))) addView(app, context, view);
}

function addView(app: FastifyInstance, context: ApiContext, view: AnyView): void {
  const schema = {
    summary: view.meaning,
    tags: ['views'],
    querystring: viewParametersSchema(view),
    response: answerSchema,
  };
  app.get(`/api/v1/${view.name}`, { schema, config: { access: 'rows' } }, (request, reply) =>
    answerView(context, view, request, reply),
  );
}

async function answerView(
  context: ApiContext,
  view: AnyView,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const reading = readingFor(request);
  reading.requireView(view);
  const { format: formatTexts, ...parameters } = parametersOf(request);
  const format = parseFormat(formatTexts, request.headers.accept);
  if (view.name === 'requests' && 'state' in parameters)
    return openRequests(context, { parameters, reading }, reply);
  const question = parseQuestion(view, parameters, context.clock.wallNs());
  if (!question.ok) throw question.error;
  if (format === 'arrow')
    return sendArrow(
      reply,
      await withinLimits(context, reply, (signal) => askArrow(reading, question.value, signal)),
    );
  const answer = await withinLimits(context, reply, (signal) => ask(reading, question.value, signal));
  return sendAnswer(reply, format, answer, Object.keys(view.columns));
}

function describeView(view: AnyView): object {
  return {
    name: view.name,
    title: view.title,
    meaning: view.meaning,
    record: view.record.table,
    time_column: view.record.timeColumn,
    params: view.params,
    columns: view.columns,
    filters: Object.keys(view.record.columns),
    chart: view.chart,
    links: view.links ?? [],
    rollups: view.rollups ?? [],
    has_pages: view.key !== undefined,
    default_limit: view.defaultLimitRows,
    max_limit: view.maxLimitRows,
  };
}
