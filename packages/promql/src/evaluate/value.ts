import type { Labels } from '../labels.ts';

/** One series of an instant vector at every point: `values[i]` counts where `present[i]` is 1. */
export interface VectorSeries {
  readonly labels: Labels;
  readonly values: Float64Array;
  readonly present: Uint8Array;
}

export interface ScalarValue {
  readonly kind: 'scalar';
  readonly values: Float64Array;
}
export interface StringValue {
  readonly kind: 'string';
  readonly value: string;
}
export interface VectorValue {
  readonly kind: 'vector';
  readonly series: readonly VectorSeries[];
}
export type Value = ScalarValue | StringValue | VectorValue;

/** The times at which an expression is evaluated. */
export interface Points {
  readonly startMs: number;
  readonly stepMs: number;
  readonly count: number;
}

export function timeAt({ startMs, stepMs }: Points, index: number): number {
  return startMs + index * stepMs;
}

export function emptySeries(labels: Labels, count: number): VectorSeries {
  return { labels, values: new Float64Array(count), present: new Uint8Array(count) };
}

export function put(series: VectorSeries, index: number, value: number): void {
  series.values[index] = value;
  series.present[index] = 1;
}

/** A typed array's element that is known to be there. */
export function at(values: Float64Array | Uint8Array, index: number): number {
  return values[index] ?? NaN;
}

export function isAnywhere({ present }: VectorSeries): boolean {
  return present.includes(1);
}
