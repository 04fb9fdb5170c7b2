import type { FastifyInstance } from 'fastify';
import { AppError } from '@tomte/kit';
import { parseRange, type TimeRange } from '@tomte/query';
import { readingFor } from '../access/authenticate.ts';
import { completenessHeader, completenessOf } from '../completeness.ts';
import { type ApiContext, parametersOf, withinLimits } from '../context.ts';
import { contentTypes, parseFormat, toCsv, toJsonLines } from '../format.ts';
import { sendArrow } from '../send-answer.ts';
import { sqlAnswerSchema, sqlBodySchema, sqlParametersSchema } from '../schemas.ts';

interface SqlBody {
  readonly sql: string;
  readonly params: Readonly<Record<string, string>>;
  readonly limitRows: number;
}

/** A stranger's SQL, as the read-only user of the store. */
export function sqlRoute(app: FastifyInstance, context: ApiContext): void {
  const schema = {
    summary: 'Read-only SQL of ClickHouse',
    tags: ['sql'],
    querystring: sqlParametersSchema,
    body: sqlBodySchema,
    response: sqlAnswerSchema,
  };
  app.post('/api/v1/sql', { schema, config: { access: 'rows' } }, async (request, reply) => {
    const reading = readingFor(request);
    const format = parseFormat(parametersOf(request)['format'], request.headers.accept);
    const body = parseSqlBody(request.body, context);
    const range = lookedAt(parametersOf(request), context);
    if (format === 'arrow') {
      const answer = await withinLimits(context, reply, async (signal) => {
        const { sql, params, limitRows: maxResultRows } = body;
        const asked = reading.bytes({ sql, params, as: 'stranger', maxResultRows, signal }, 'ArrowStream');
        const [bytes, loss] = await Promise.all([asked, reading.lossOf(range, signal)]);
        return { bytes, completeness: completenessOf(loss, { isTruncated: false, reading }) };
      });
      return sendArrow(reply, answer);
    }
    const [{ meta, rows, statistics }, loss] = await withinLimits(context, reply, (signal) => {
      const { sql, params, limitRows: maxResultRows } = body;
      const asked = reading.run({ sql, params, as: 'stranger', maxResultRows, signal });
      return Promise.all([asked, reading.lossOf(range, signal)]);
    });
    const completeness = completenessOf(loss, { isTruncated: false, reading }); // More rows than the limit are an error.
    reply.header('content-type', contentTypes[format]);
    reply.header('tomte-completeness', completenessHeader(completeness));
    if (format === 'json')
      return reply.send({ meta, data: rows, rows: rows.length, statistics, completeness });
    const names = meta.map((column) => column.name);
    return reply.send(format === 'csv' ? toCsv(names, rows) : toJsonLines(rows));
  });
}

/** The time of which the completeness is told: a statement may look at any, so all of it unless it is said. */
function lookedAt(parameters: Record<string, readonly string[]>, { clock }: ApiContext): TimeRange {
  const [from = '0', to] = [parameters['from']?.[0], parameters['to']?.[0]];
  const range = parseRange(from, to, clock.wallNs());
  if (!range.ok) throw range.error;
  return range.value;
}

function parseSqlBody(body: unknown, { limits }: ApiContext): SqlBody {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw invalid('the body is no JSON object');
  const { sql, params = {}, limit = limits.sqlDefaultRows, ...others } = body as Record<string, unknown>; // Proof: a JSON object.
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw invalid(`the body has an unknown field ${JSON.stringify(unknown.slice(0, 40))}`);
  if (typeof sql !== 'string' || sql.trim() === '') throw invalid('sql is no text');
  const isLimit =
    typeof limit === 'number' && Number.isInteger(limit) && limit >= 1 && limit <= limits.sqlMaxRows;
  if (!isLimit) throw invalid(`limit is no whole number from 1 to ${limits.sqlMaxRows}`);
  return { sql, params: parseParams(params), limitRows: limit };
}

const PARAM_NAME = /^[a-zA-Z_][a-zA-Z0-9_]{0,63}$/;

function parseParams(params: unknown): Record<string, string> {
  if (typeof params !== 'object' || params === null || Array.isArray(params))
    throw invalid('params is no object');
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(params)) {
    const isScalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    if (!PARAM_NAME.test(name) || !isScalar) {
      throw invalid(
        `the parameter ${JSON.stringify(name.slice(0, 40))} is no name with a text, number or boolean`,
      );
    }
    texts[name] = String(value);
  }
  return texts;
}

function invalid(facts: string): AppError {
  const remedy = 'Send {"sql": "SELECT …", "params": {…}, "limit": N} with content-type application/json.';
  return new AppError('API_SQL_BODY_INVALID', facts, { family: 'user', remedy });
}
