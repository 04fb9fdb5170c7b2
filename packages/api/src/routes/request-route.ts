import type { FastifyInstance } from 'fastify';
import { compileRequestById, formatTime, parseRequestId } from '@tomte/query';
import { completenessOf } from '../completeness.ts';
import { readingFor } from '../access/authenticate.ts';
import { type ApiContext, withinLimits } from '../context.ts';
import { apiError } from '../errors.ts';

export function requestRoute(app: FastifyInstance, context: ApiContext): void {
  const schema = { summary: 'One request by its id', tags: ['views'] };
  app.get<{ Params: { id: string } }>(
    '/api/v1/requests/:id',
    { schema, config: { access: 'rows' } },
    async (request, reply) => {
      const reading = readingFor(request);
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
      return {
        data: row,
        completeness: completenessOf(loss, { isTruncated: found.rows.length > 1, reading }),
      };
    },
  );
}

function unknownRequest(time: string): Error {
  const remedy = 'It may have been deleted with its day; list /api/v1/requests around that time.';
  return apiError('API_REQUEST_UNKNOWN', `no request of ${time} has this id`, { family: 'user', remedy });
}
