import type { MetricKind } from './metric.ts';

/** Between two samples of a series: the interval that Grafana's data source is told. */
export const GRID_SECONDS = 15;
/** Steps of the grid for which a sample counts as the present one. */
export const STALE_STEPS = 5;
/** Counters begin at zero with each hour of UTC: an origin that every process finds without asking, and that is near. */
const ORIGIN_SECONDS = 3_600;
/** A step of the grid is over this long before its sample is told: rows of its end are still on their way. */
const SETTLE_SECONDS = 5;

/** The steps of the grid whose samples a query wants. A step is a number of grid lengths since the epoch; its sample stands at its end. */
export interface GridSpan {
  /** The first step that is told. */
  readonly firstStep: number;
  /** The last one. */
  readonly lastStep: number;
  /** The step from which rows are read. */
  readonly readFromStep: number;
}

export const STEPS_PER_ORIGIN = ORIGIN_SECONDS / GRID_SECONDS;

export function originOf(step: number): number {
  return step - (step % STEPS_PER_ORIGIN);
}

export interface WantedTimes {
  readonly fromMs: number;
  readonly toMs: number;
  readonly nowMs: number;
}

/** Samples after `fromMs`, up to `toMs` and what is settled at `nowMs`; undefined where there are none. */
export function gridSpan(kind: MetricKind, { fromMs, toMs, nowMs }: WantedTimes): GridSpan | undefined {
  const gridMs = GRID_SECONDS * 1_000;
  const firstStep = Math.max(2 * STEPS_PER_ORIGIN, Math.floor(fromMs / gridMs));
  const lastStep = Math.floor(Math.min(toMs, nowMs - SETTLE_SECONDS * 1_000) / gridMs) - 1;
  if (lastStep < firstStep) return undefined;
  return { firstStep, lastStep, readFromStep: readFrom(kind, firstStep) };
}

function readFrom(kind: MetricKind, firstStep: number): number {
  if (kind === 'latest') return firstStep;
  return (kind === 'accumulated' ? originOf(firstStep) : firstStep) - STEPS_PER_ORIGIN;
}

/** When the sample of a step is. */
export function sampleTimeMs(step: number): number {
  return (step + 1) * GRID_SECONDS * 1_000;
}

export function stepStartNs(step: number): bigint {
  return BigInt(step) * BigInt(GRID_SECONDS) * 1_000_000_000n;
}
