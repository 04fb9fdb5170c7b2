import { formatFloat } from './format-float.ts';
import type { PromqlData } from './query.ts';
import type { Series } from './samples.ts';

type EncodedSample = readonly [seconds: number, value: string];

/** An answer's data as Prometheus' API has it. */
export interface EncodedData {
  readonly resultType: PromqlData['type'];
  readonly result: EncodedSample | readonly object[];
}

export function encodeData(data: PromqlData): EncodedData {
  switch (data.type) {
    case 'scalar':
      return { resultType: data.type, result: sample(data.timeMs, data.value) };
    case 'string':
      return { resultType: data.type, result: [data.timeMs / 1_000, data.value] };
    case 'vector':
      return {
        resultType: data.type,
        result: data.samples.map(({ labels, value }) => ({
          metric: labels.toObject(),
          value: sample(data.timeMs, value),
        })),
      };
    case 'matrix':
      return { resultType: data.type, result: data.series.map(encodeSeries) };
  }
}

function sample(timeMs: number, value: number): EncodedSample {
  return [timeMs / 1_000, formatFloat(value)];
}

function encodeSeries({ labels, timesMs, values }: Series): object {
  return {
    metric: labels.toObject(),
    values: Array.from(timesMs, (timeMs, index) => sample(timeMs, values[index] ?? NaN)),
  };
}
