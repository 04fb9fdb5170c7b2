import type { FastifyRequest } from 'fastify';
import { parseDurationMs, promqlError } from '@tomte/promql';
import { parseTime } from '@tomte/query';

/** Parameters of a request in its address and, as a form, in its body. */
export class PrometheusParameters {
  readonly #values = new Map<string, string[]>();

  constructor(request: FastifyRequest) {
    for (const source of [request.query, request.body]) {
      for (const [name, value] of Object.entries(Object(source ?? {}) as Record<string, unknown>)) {
        const texts = Array.isArray(value) ? value.map(String) : [String(value)];
        this.#values.set(name, [...(this.#values.get(name) ?? []), ...texts]);
      }
    }
  }

  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  text(name: string): string | undefined {
    const [first] = this.all(name);
    return first === '' ? undefined : first;
  }

  required(name: string): string {
    const text = this.text(name);
    if (text === undefined) throw invalid(name, 'is missing');
    return text;
  }

  /** Milliseconds since the epoch. */
  timeMs(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const seconds = /^-?[\d.]+(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
    if (Number.isFinite(seconds) && Math.abs(seconds) < 9e9) return Math.round(seconds * 1_000);
    const parsed = /^\d{4}-/.test(text) ? parseTime(text, 0n) : undefined;
    if (parsed?.ok === true) return Number(parsed.value / 1_000_000n);
    throw invalid(name, `cannot parse ${JSON.stringify(text.slice(0, 60))} to a valid timestamp`);
  }

  /** Milliseconds of seconds or of a duration such as `1m`. */
  durationMs(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const milliseconds = /^[\d.]+$/.test(text) ? Math.round(Number(text) * 1_000) : parseDurationMs(text);
    if (milliseconds !== undefined && Number.isSafeInteger(milliseconds) && milliseconds < 1e14)
      return milliseconds;
    throw invalid(name, `cannot parse ${JSON.stringify(text.slice(0, 60))} to a valid duration`);
  }

  /** At most so many results; undefined for all. */
  limit(): number | undefined {
    const text = this.text('limit');
    if (text === undefined || text === '0') return undefined;
    if (/^\d{1,9}$/.test(text)) return Number(text);
    throw invalid('limit', 'must be a non-negative number');
  }
}

export function invalid(name: string, facts: string): Error {
  return promqlError('PROMQL_PARAMETER', `invalid parameter "${name}": ${facts}`);
}
