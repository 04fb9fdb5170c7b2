import type { FastifyInstance } from 'fastify';
import { compileRequestById, formatTime, parseRequestId } from '@tomte/query';
import { completenessHeader, completenessOf } from '../completeness.ts';
import { readingFor } from '../access/authenticate.ts';
import { type ApiContext, parametersOf, withinLimits } from '../context.ts';
import { apiError } from '../errors.ts';
import { type RequestForm, requestForms, toCurl, toHar } from '../export-request.ts';

export function requestRoute(app: FastifyInstance, context: ApiContext): void {
  const schema = {
    summary: 'One request by its id, also as HAR 1.2 or as a command of curl',
    tags: ['views'],
    querystring: { type: 'object', properties: { format: { type: 'string', enum: requestForms } } },
  };
  app.get<{ Params: { id: string } }>(
    '/api/v1/requests/:id',
    { schema, config: { access: 'rows' } },
    async (request, reply) => {
      const reading = readingFor(request);
      const form = formOf(parametersOf(request));
      const id = parseRequestId(request.params.id);
      if (!id.ok) throw id.error;
      const range = { fromNs: id.value.startNs, toNs: id.value.startNs + 1n };
      const [found, loss] = await withinLimits(context, reply, (signal) =>
        Promise.all([
          reading.run({ ...compileRequestById(id.value), as: 'views', signal }),
          reading.lossOf(range, signal),
        ]),
      );
      const [row] = found.rows;
      if (row === undefined) throw unknownRequest(formatTime(range.fromNs));
      const completeness = completenessOf(loss, { isTruncated: found.rows.length > 1, reading });
      if (form === 'json') return { data: row, completeness };
      reply.header('tomte-completeness', completenessHeader(completeness));
      if (form === 'har')
        return reply.type('application/json; charset=utf-8').send(toHar(row, context.version));
      return reply.type('text/x-shellscript; charset=utf-8').send(toCurl(row));
    },
  );
}

function formOf({ format, ...others }: Record<string, readonly string[]>): RequestForm {
  const [name = 'json', ...more] = format ?? [];
  const form = requestForms.find((one) => one === name);
  const [other] = Object.keys(others);
  if (form !== undefined && more.length === 0 && other === undefined) return form;
  const facts =
    other === undefined
      ? `${JSON.stringify(name.slice(0, 40))} is no format`
      : `the parameter ${JSON.stringify(other.slice(0, 40))} is not known`;
  throw apiError('API_FORMAT_UNKNOWN', facts, {
    family: 'user',
    remedy: `Give format, one of ${requestForms.join(', ')}.`,
  });
}

function unknownRequest(time: string): Error {
  const remedy = 'It may have been deleted with its day; list /api/v1/requests around that time.';
  return apiError('API_REQUEST_UNKNOWN', `no request of ${time} has this id`, { family: 'user', remedy });
}
