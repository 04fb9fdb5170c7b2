import type { Window } from './window.ts';
import { at } from './value.ts';

/** A gap at a range's edge that is longer than this many average gaps means that the series began or ended there. */
const EDGE_GAPS = 1.1;

/**
 * By how much a series changed over the whole range: what its samples show, carried on to the edges as Prometheus
 * does. A counter that falls has started anew, and is never carried below zero.
 */
export function increaseOf(
  window: Window,
  { isCounter, isPerSecond }: { readonly isCounter: boolean; readonly isPerSecond: boolean },
): number | undefined {
  const { timesMs, values, low, high, fromMs, toMs } = window;
  if (high - low < 2) return undefined;
  const first = at(values, low);
  let increase = at(values, high - 1) - first;
  if (isCounter) increase += lostInResets(window);
  const sampledSeconds = (at(timesMs, high - 1) - at(timesMs, low)) / 1_000;
  const averageSeconds = sampledSeconds / (high - low - 1);
  let toStart = (at(timesMs, low) - fromMs) / 1_000;
  let toEnd = (toMs - at(timesMs, high - 1)) / 1_000;
  if (toStart >= averageSeconds * EDGE_GAPS) toStart = averageSeconds / 2;
  if (isCounter && increase > 0 && first >= 0) {
    toStart = Math.min(toStart, sampledSeconds * (first / increase));
  }
  if (toEnd >= averageSeconds * EDGE_GAPS) toEnd = averageSeconds / 2;
  const factor = sampledSeconds === 0 ? 1 : (sampledSeconds + toStart + toEnd) / sampledSeconds;
  return increase * (isPerSecond ? factor / ((toMs - fromMs) / 1_000) : factor);
}

function lostInResets({ values, low, high }: Window): number {
  let lost = 0;
  for (let index = low + 1; index < high; index += 1) {
    const before = at(values, index - 1);
    if (at(values, index) < before) lost += before;
  }
  return lost;
}
