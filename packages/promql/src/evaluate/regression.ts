import { KahanSum } from './kahan.ts';
import type { Window } from './window.ts';
import { at } from './value.ts';

export interface Line {
  /** Change in a second. */
  readonly slope: number;
  /** Value at the time that was asked for. */
  readonly intercept: number;
}

/** The line that fits the samples best. */
export function regressionOf({ timesMs, values, low, high }: Window, interceptMs: number): Line {
  const first = at(values, low);
  const [sumX, sumY, sumXY, sumXX] = [new KahanSum(), new KahanSum(), new KahanSum(), new KahanSum()];
  let isConstant = true;
  for (let index = low; index < high; index += 1) {
    const x = (at(timesMs, index) - interceptMs) / 1_000;
    const y = at(values, index);
    if (y !== first && index > low) isConstant = false;
    sumX.add(x);
    sumY.add(y);
    sumXY.add(x * y);
    sumXX.add(x * x);
  }
  if (isConstant)
    return Number.isFinite(first) || Number.isNaN(first) ? { slope: 0, intercept: first } : nowhere;
  const count = high - low;
  const [x, y, xy, xx] = [sumX, sumY, sumXY, sumXX].map(({ sum, rest }) => sum + rest);
  const slope = (take(xy) - (take(x) * take(y)) / count) / (take(xx) - (take(x) * take(x)) / count);
  return { slope, intercept: take(y) / count - (slope * take(x)) / count };
}

const nowhere: Line = { slope: NaN, intercept: NaN };

function take(value: number | undefined): number {
  return value ?? NaN;
}
