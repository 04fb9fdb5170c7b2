import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '@tomte/kit';
import { apiError } from './errors.ts';
import type { ApiMetrics } from './metrics.ts';
import type { ApiLimits } from './options.ts';
import type { QueryGate } from './query-gate.ts';

/** What every route needs. */
export interface ApiContext {
  readonly clock: Clock;
  readonly limits: ApiLimits;
  readonly gate: QueryGate;
  readonly metrics: ApiMetrics;
  readonly agentUrls: () => readonly string[];
  readonly version: string;
  /** Rejects when no question can be answered now. */
  readonly ping: (signal: AbortSignal) => Promise<void>;
}

/** Runs a question within the limits of number and time; it ends when its client goes away. */
export async function withinLimits<T>(
  context: ApiContext,
  reply: FastifyReply,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const gone = new AbortController();
  const onClose = (): void =>
    gone.abort(apiError('API_CLIENT_GONE', 'the client went away before the answer'));
  reply.raw.once('close', onClose);
  const deadline = AbortSignal.timeout(context.limits.queryTimeoutMs);
  const signal = AbortSignal.any([gone.signal, deadline]);
  try {
    return await context.gate.run(signal, () => work(signal));
  } catch (thrown) {
    if (gone.signal.aborted) throw gone.signal.reason;
    if (deadline.aborted) throw timeout(context.limits.queryTimeoutMs, thrown);
    throw thrown;
  } finally {
    reply.raw.off('close', onClose);
  }
}

function timeout(limitMs: number, cause: unknown): Error {
  const remedy = 'Narrow the time range or add filters.';
  return apiError('API_QUERY_TIMEOUT', `the question took longer than ${limitMs} ms`, { remedy, cause });
}

/** Query parameters by name, each with all its values. */
export function parametersOf(request: FastifyRequest): Record<string, readonly string[]> {
  const parameters: Record<string, readonly string[]> = {};
  for (const [name, value] of Object.entries(Object(request.query))) {
    parameters[name] = Array.isArray(value) ? value.map(String) : [String(value)];
  }
  return parameters;
}
