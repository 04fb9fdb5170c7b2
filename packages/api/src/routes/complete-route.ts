import type { FastifyInstance } from 'fastify';
import { compileCompletion, findView, parseCompletion, parseRange, views } from '@tomte/query';
import { readingFor } from '../access/authenticate.ts';
import { completenessOf } from '../completeness.ts';
import { type ApiContext, parametersOf, withinLimits } from '../context.ts';
import { apiError } from '../errors.ts';

const DEFAULT_ROWS = 20;
const MAX_ROWS = 100;
const known = ['view', 'field', 'prefix', 'from', 'to', 'limit'];

/** What a field may be compared with: names of columns, and values that were seen. */
export function completeRoute(app: FastifyInstance, context: ApiContext): void {
  const text = (description: string) => ({ type: 'string', description });
  const schema = {
    summary: 'Names of columns, or values of one that begin with a text, the most frequent first',
    tags: ['views'],
    querystring: {
      type: 'object',
      properties: {
        view: text('View whose columns they are. Default: requests.'),
        field: text('Column, also column[key] of a map; without it names of columns are told.'),
        prefix: text('How they begin, in any case. Default: anyhow.'),
        from: text('Default: an hour before `to`.'),
        to: text('Default: now.'),
        limit: { type: 'integer', minimum: 1, maximum: MAX_ROWS, default: DEFAULT_ROWS },
      },
    },
  };
  app.get('/api/v1/complete', { schema, config: { access: 'rows' } }, async (request, reply) => {
    const reading = readingFor(request);
    const asked = singleValues(parametersOf(request));
    const view = findView(views, asked['view'] ?? 'requests');
    if (!view.ok) throw view.error;
    reading.requireView(view.value);
    const { record } = view.value;
    const { field, prefix = '' } = asked;
    const limitRows = limitOf(asked['limit']);
    if (field === undefined || field === '') {
      const names = Object.entries(record.columns).filter(([name]) => name.startsWith(prefix.toLowerCase()));
      return reply.send({
        field: null,
        data: names.map(([value, { meaning, type, values }]) => ({ value, meaning, type, values })),
      });
    }
    const completion = parseCompletion(record, { field, prefix });
    if (!completion.ok) throw completion.error;
    const range = parseRange(asked['from'] ?? '-1h', asked['to'], context.clock.wallNs());
    if (!range.ok) throw range.error;
    const statement = compileCompletion({
      ...completion.value,
      range: range.value,
      limitRows: limitRows + 1,
    });
    const [found, loss] = await withinLimits(context, reply, (signal) =>
      Promise.all([reading.run({ ...statement, as: 'views', signal }), reading.lossOf(range.value, signal)]),
    );
    const isTruncated = found.rows.length > limitRows;
    return reply.send({
      field,
      data: found.rows.slice(0, limitRows),
      completeness: completenessOf(loss, { isTruncated, reading }),
    });
  });
}

function limitOf(text: string | undefined): number {
  const value = text === undefined ? DEFAULT_ROWS : /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= MAX_ROWS) return value;
  throw invalid(
    `limit ${JSON.stringify(text?.slice(0, 40))} is out of range`,
    `Give a whole number from 1 to ${MAX_ROWS}.`,
  );
}

/** Each parameter once, and none that is not known. */
function singleValues(parameters: Record<string, readonly string[]>): Readonly<Record<string, string>> {
  for (const [name, values] of Object.entries(parameters)) {
    if (known.includes(name) && values.length === 1) continue;
    throw invalid(
      `the parameter ${JSON.stringify(name.slice(0, 40))} is not known or stands twice`,
      `Give ${known.join(', ')}, each once.`,
    );
  }
  return Object.fromEntries(Object.entries(parameters).map(([name, values]) => [name, values[0] ?? '']));
}

function invalid(facts: string, remedy: string): Error {
  return apiError('API_PARAMETER_INVALID', facts, { family: 'user', remedy });
}
