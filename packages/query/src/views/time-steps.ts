import type { SqlParams } from '../sql-params.ts';
import type { TimeRange } from '../time-range.ts';

const SECOND_NS = 1_000_000_000n;
/** Of a range when no step is asked for. */
const STEPS = 60n;
const NICE_SECONDS = [
  1n,
  2n,
  5n,
  10n,
  15n,
  30n,
  60n,
  120n,
  300n,
  600n,
  900n,
  1_800n,
  3_600n,
  7_200n,
  21_600n,
  43_200n,
];
const DAY_SECONDS = 86_400n;

/** The parameter `step` of a view over time. */
export const stepParam = {
  type: 'integer',
  unit: 'ns',
  default: 0,
  least: 0,
  most: 86_400_000_000_000,
  meaning: 'Length of a step of time, in whole seconds (30s, 5m); 0 for one that gives some 60 steps.',
} as const;

/** Whole seconds, so that steps begin at the same times whatever the range. */
export function stepSeconds(askedNs: number, { fromNs, toNs }: TimeRange): bigint {
  if (askedNs > 0) return BigInt(Math.max(1, Math.round(askedNs / 1e9)));
  const least = (toNs - fromNs) / SECOND_NS / STEPS;
  return NICE_SECONDS.find((seconds) => seconds >= least) ?? (least / DAY_SECONDS + 1n) * DAY_SECONDS;
}

/** SQL: start of the step in which a time lies. */
export function stepOf(time: string, seconds: bigint, params: SqlParams): string {
  const step = params.add(seconds, 'UInt32');
  return `toDateTime64(intDiv(toUnixTimestamp(${time}), ${step}) * ${step}, 9, 'UTC')`;
}

/** SQL: seconds of the step `time` that lie within the range: a step that the range cuts is shorter. */
export function secondsOfStep(time: string, seconds: bigint, range: TimeRange, params: SqlParams): string {
  const start = `toUnixTimestamp64Nano(${time})`;
  const end = `${start} + ${params.add(seconds * SECOND_NS, 'Int64')}`;
  return `((least(${end}, ${params.add(range.toNs, 'Int64')}) - greatest(${start}, ${params.add(range.fromNs, 'Int64')})) / 1e9)`;
}
