import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { AppError } from '@tomte/kit';
import { findView, parseDurationNs, parseQuestion, type Question, views } from '@tomte/query';
import { readingFor } from '../access/authenticate.ts';
import { type ApiContext, parametersOf } from '../context.ts';
import { apiError, toProblem } from '../errors.ts';
import { SentEvents } from '../tail/sent-events.ts';
import { Tail } from '../tail/tail.ts';

/** Followers at once. */
const MAX_TAILS = 32;
const POLL_MS = 1_000;
const DEFAULT_ROWS = 500;
const MAX_ROWS = 2_000;
const MAX_LENGTH_MS = 3_600_000;
/** Polls between two events that say how complete it is. */
const COMPLETENESS_POLLS = 10;

/** New requests as they are stored, as server-sent events. */
export function tailRoute(app: FastifyInstance, context: ApiContext): void {
  let tailCount = 0;
  const schema = {
    summary: 'New requests as they are stored (server-sent events: open, rows, completeness, problem)',
    tags: ['views'],
    querystring: {
      type: 'object',
      properties: {
        filter: { type: 'string', description: 'Only rows of which this is so; filters on columns as well.' },
        rows: {
          type: 'integer',
          minimum: 1,
          maximum: MAX_ROWS,
          default: DEFAULT_ROWS,
          description: 'Rows a second at most; the rest is counted as dropped_rows.',
        },
        for: {
          type: 'string',
          description: `How long, such as 30s; default and most ${MAX_LENGTH_MS / 60_000} minutes.`,
        },
      },
    },
  };
  app.get('/api/v1/requests/tail', { schema, config: { access: 'rows' } }, async (request, reply) => {
    const reading = readingFor(request);
    const { rows, for: length, ...parameters } = parametersOf(request);
    const limitRows = wholeOf('rows', rows?.[0], DEFAULT_ROWS, MAX_ROWS);
    const lengthMs = lengthOf(length?.[0]);
    const question = tailQuestion(context, parameters);
    if (tailCount >= MAX_TAILS)
      throw apiError('API_BUSY', `${MAX_TAILS} followers are served already`, { remedy: 'Ask again later.' });
    tailCount += 1;
    try {
      const tail = new Tail({ context, reading, question, limitRows });
      await follow(context, reply, tail, lengthMs);
    } finally {
      tailCount -= 1;
    }
  });
}

async function follow(context: ApiContext, reply: FastifyReply, tail: Tail, lengthMs: number): Promise<void> {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  await tail.start(gone.signal); // Before the head: what is wrong with the question is an answer with its status.
  const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(lengthMs)]);
  reply.hijack();
  const events = new SentEvents(reply.raw);
  events.send('open', { poll_ms: POLL_MS, rows_per_poll: tail.limitRows });
  try {
    for (let poll = 1; !signal.aborted; poll += 1) {
      await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) break;
      const found = await tail.poll(signal, events.isFull);
      if (found.rows.length > 0 || found.dropped_rows > 0) events.send('rows', found);
      else events.beat();
      if (poll % COMPLETENESS_POLLS === 0) events.send('completeness', await tail.completeness(signal));
    }
  } catch (thrown) {
    if (!signal.aborted)
      events.send('problem', toProblem(AppError.from(thrown, 'API_INTERNAL', { family: 'unexpected' })));
  } finally {
    events.end();
  }
}

/** A question to `requests` whose range moves on: it has no range, page or order of its own. */
function tailQuestion(context: ApiContext, parameters: Record<string, readonly string[]>): Question {
  const fixed = ['from', 'to', 'limit', 'cursor', 'order', 'format', 'state'].find(
    (name) => name in parameters,
  );
  if (fixed !== undefined) throw invalid(`${fixed} has no place in what goes on`, 'Leave it away.');
  const view = findView(views, 'requests');
  if (!view.ok) throw view.error;
  const question = parseQuestion(view.value, parameters, context.clock.wallNs());
  if (!question.ok) throw question.error;
  return question.value;
}

function wholeOf(name: string, text: string | undefined, standard: number, most: number): number {
  const value = text === undefined ? standard : /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= most) return value;
  throw invalid(
    `${name} ${JSON.stringify(text?.slice(0, 40))} is out of range`,
    `Give a whole number from 1 to ${most}.`,
  );
}

function lengthOf(text: string | undefined): number {
  if (text === undefined) return MAX_LENGTH_MS;
  const ms = Number((parseDurationNs(text) ?? 0n) / 1_000_000n);
  if (ms >= 1 && ms <= MAX_LENGTH_MS) return ms;
  throw invalid(
    `for ${JSON.stringify(text.slice(0, 40))} is no length of time`,
    'Give one up to 60m, such as 30s.',
  );
}

function invalid(facts: string, remedy: string): AppError {
  return apiError('API_PARAMETER_INVALID', facts, { family: 'user', remedy });
}
