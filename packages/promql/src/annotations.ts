import type { Span } from './ast.ts';
import { formatShort, formatTwoDigits } from './format-float.ts';
import { placeOf } from './promql-error.ts';

/** Notes of one query; each text once. */
export interface Notes {
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

/** Different notes of one query. */
const MAX_NOTES = 100;

interface Forced {
  readonly place: string;
  minMs: number;
  maxMs: number;
  minBucket: number;
  maxBucket: number;
  maxDiff: number;
  count: number;
}

/** A case in which `histogram_quantile` had to mend its input. */
export interface MonotonicityForced {
  readonly timeMs: number;
  readonly minBucket: number;
  readonly maxBucket: number;
  readonly maxDiff: number;
}

/** Collects what Prometheus calls annotations, in its words. */
export class Annotations {
  readonly #text: string;
  /** The place of each fact; of several the last. */
  readonly #warnings = new Map<string, string>();
  readonly #infos = new Map<string, string>();
  readonly #forced = new Map<number, Forced>();

  constructor(text: string) {
    this.#text = text;
  }

  warn(facts: string, span: Span): void {
    this.#add(this.#warnings, `PromQL warning: ${facts}`, span);
  }

  inform(facts: string, span: Span): void {
    this.#add(this.#infos, `PromQL info: ${facts}`, span);
  }

  invalidQuantile(quantile: number, span: Span): void {
    this.warn(`quantile value should be between 0 and 1, got ${formatShort(quantile)}`, span);
  }

  #add(notes: Map<string, string>, note: string, span: Span): void {
    if (notes.size < MAX_NOTES || notes.has(note)) notes.set(note, placeOf(this.#text, span.from));
  }

  forcedMonotonicity(span: Span, found: MonotonicityForced): void {
    const { timeMs, minBucket, maxBucket, maxDiff } = found;
    const known = this.#forced.get(span.from);
    if (known === undefined) {
      const place = placeOf(this.#text, span.from);
      this.#forced.set(span.from, {
        place,
        minMs: timeMs,
        maxMs: timeMs,
        minBucket,
        maxBucket,
        maxDiff,
        count: 1,
      });
      return;
    }
    known.minMs = Math.min(known.minMs, timeMs);
    known.maxMs = Math.max(known.maxMs, timeMs);
    known.minBucket = Math.min(known.minBucket, minBucket);
    known.maxBucket = Math.max(known.maxBucket, maxBucket);
    known.maxDiff = Math.max(known.maxDiff, maxDiff);
    known.count += 1;
  }

  toNotes(): Notes {
    const forced = [...this.#forced.values()].map(forcedText);
    const texts = (notes: Map<string, string>): string[] =>
      [...notes].map(([note, place]) => `${note} (${place})`);
    return { warnings: texts(this.#warnings), infos: [...texts(this.#infos), ...forced] };
  }
}

const MONOTONICITY =
  'PromQL info: input to histogram_quantile needed to be fixed for monotonicity ' +
  '(see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)';

function forcedText({ place, minMs, maxMs, minBucket, maxBucket, maxDiff, count }: Forced): string {
  const buckets = `from buckets ${formatShort(minBucket)} to ${formatShort(maxBucket)}`;
  const diff = formatTwoDigits(maxDiff);
  const times = `${secondText(minMs)} to ${secondText(maxMs)}`;
  return `${MONOTONICITY}, ${buckets}, with a max diff of ${diff}, over ${count} samples from ${times} (${place})`;
}

function secondText(timeMs: number): string {
  return new Date(Math.floor(timeMs / 1_000) * 1_000).toISOString().replace('.000Z', 'Z');
}
