import { AppError } from '@tomte/kit';
import {
  encodeData,
  instantQuery,
  Labels,
  type PromqlAnswer,
  type QueryOptions,
  rangeQuery,
  type SampleSource,
  type Series,
  testLabels,
} from '@tomte/promql';
import type { TimedSeries } from './open-metrics.ts';
import type { PrometheusReply } from './server.ts';

/** Given samples, as a store would have them. */
export function sampleSourceOf(given: readonly TimedSeries[]): SampleSource {
  const all = given.map(({ labels, timesMs, values }): Series => ({
    labels: Labels.of(Object.entries(labels)),
    timesMs: Float64Array.from(timesMs),
    values: Float64Array.from(values),
  }));
  return {
    select({ matchers, fromMs, toMs }) {
      const isWanted = testLabels(matchers);
      return Promise.resolve(
        all.filter(({ labels }) => isWanted(labels)).flatMap((series) => within(series, fromMs, toMs)),
      );
    },
  };
}

function within({ labels, timesMs, values }: Series, fromMs: number, toMs: number): readonly Series[] {
  const indexes = [...timesMs.keys()].filter((index) => {
    const timeMs = timesMs[index] ?? NaN;
    return timeMs > fromMs && timeMs <= toMs;
  });
  if (indexes.length === 0) return [];
  return [
    {
      labels,
      timesMs: Float64Array.from(indexes, (index) => timesMs[index] ?? NaN),
      values: Float64Array.from(indexes, (index) => values[index] ?? NaN),
    },
  ];
}

export interface PromqlQuestion {
  readonly query: string;
  readonly startMs: number;
  readonly endMs: number;
  /** 0 asks at `endMs` alone. */
  readonly stepMs: number;
}

/** Our answer in the envelope of Prometheus' API. */
export async function askEngine(
  { query, startMs, endMs, stepMs }: PromqlQuestion,
  options: QueryOptions,
): Promise<PrometheusReply> {
  try {
    const answer = await (stepMs === 0
      ? instantQuery(query, endMs, options)
      : rangeQuery(query, { startMs, endMs, stepMs }, options));
    return toReply(answer);
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    const errorType = thrown.code === 'PROMQL_EXECUTION' ? 'execution' : 'bad_data';
    return { status: 'error', errorType, error: thrown.message };
  }
}

function toReply({ data, notes }: PromqlAnswer): PrometheusReply {
  return { status: 'success', data: encodeData(data), warnings: notes.warnings, infos: notes.infos };
}
