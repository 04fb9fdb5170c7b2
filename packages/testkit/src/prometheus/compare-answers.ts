import type { PrometheusReply } from './server.ts';

/** Relative difference of two values that come from the order of additions. */
const TOLERANCE = 1e-9;
/** Below this, values count as equal to 0: what is left of numbers that cancel one another out. */
const NOTHING = 1e-9;

interface Sampled {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

export interface Strictness {
  /** The order of series counts. */
  readonly isOrdered: boolean;
  /** Notes have the same place: of several that say the same, Prometheus keeps any. */
  readonly isPlaced: boolean;
}

/** What differs between two answers, in a line; undefined where nothing does. */
export function differenceOf(
  ours: PrometheusReply,
  theirs: PrometheusReply,
  { isOrdered, isPlaced }: Strictness,
): string | undefined {
  if (ours.status !== theirs.status) {
    return `we say ${ours.status} (${ours.error ?? 'no error'}), Prometheus ${theirs.status} (${theirs.error ?? 'no error'})`;
  }
  if (ours.status === 'error') {
    return ours.errorType === theirs.errorType
      ? undefined
      : `we say ${ours.errorType} (${ours.error}), Prometheus ${theirs.errorType} (${theirs.error})`;
  }
  const notes = differentNotes(ours, theirs, isPlaced);
  if (notes !== undefined) return notes;
  const [own, other] = [typed(ours.data), typed(theirs.data)];
  if (own.resultType !== other.resultType)
    return `type ${own.resultType}, Prometheus has ${other.resultType}`;
  if (own.resultType === 'scalar' || own.resultType === 'string') {
    return differentPoints([point(own.result)], [point(other.result)]);
  }
  return differentSeries(seriesOf(own.result), seriesOf(other.result), isOrdered);
}

interface Typed {
  readonly resultType: string;
  readonly result: unknown;
}

function typed(data: unknown): Typed {
  return data as Typed; // Proof: both sides answer in Prometheus' form.
}

function seriesOf(result: unknown): readonly Sampled[] {
  return result as readonly Sampled[]; // Proof: as above, of a vector or matrix.
}

function point(result: unknown): readonly [number, string] {
  return result as readonly [number, string]; // Proof: as above, of a scalar or string.
}

function differentNotes(
  ours: PrometheusReply,
  theirs: PrometheusReply,
  isPlaced: boolean,
): string | undefined {
  // Prometheus' own count of mended samples overflows where it merges notes.
  const counted = (note: string): string => note.replace(/over \d+ samples/, 'over samples');
  const shown = (note: string): string => counted(isPlaced ? note : note.replace(/ \(\d+:\d+\)$/, ''));
  for (const kind of ['warnings', 'infos'] as const) {
    const [own, other] = [ours[kind] ?? [], theirs[kind] ?? []].map((notes) =>
      JSON.stringify(notes.map(shown).sort()),
    );
    if (own !== other) return `${kind} ${own}, Prometheus has ${other}`;
  }
  return undefined;
}

function differentSeries(
  ours: readonly Sampled[],
  theirs: readonly Sampled[],
  isOrdered: boolean,
): string | undefined {
  const keyOf = ({ metric }: Sampled): string =>
    JSON.stringify(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1)));
  const others = new Map(theirs.map((series) => [keyOf(series), series]));
  const ownKeys = ours.map(keyOf);
  const missing = [...others.keys()].filter((key) => !ownKeys.includes(key));
  const extra = ownKeys.filter((key) => !others.has(key));
  if (missing.length + extra.length > 0) {
    return `${missing.length} series missing (${missing[0]}), ${extra.length} too many (${extra[0]})`;
  }
  if (isOrdered && JSON.stringify(ownKeys) !== JSON.stringify(theirs.map(keyOf))) return 'another order';
  for (const [index, own] of ours.entries()) {
    const other = others.get(ownKeys[index] ?? '');
    const difference = differentPoints(pointsOf(own), other === undefined ? [] : pointsOf(other));
    if (difference !== undefined) return `${ownKeys[index]}: ${difference}`;
  }
  return undefined;
}

/** Whether an answer holds any value. */
export function isWithValues({ data }: PrometheusReply): boolean {
  return data !== undefined && seriesOf(typed(data).result).length > 0;
}

function pointsOf({ value, values }: Sampled): readonly (readonly [number, string])[] {
  return values ?? (value === undefined ? [] : [value]);
}

function differentPoints(
  ours: readonly (readonly [number, string])[],
  theirs: readonly (readonly [number, string])[],
): string | undefined {
  if (ours.length !== theirs.length) return `${ours.length} points, Prometheus has ${theirs.length}`;
  for (const [index, [time, value]] of ours.entries()) {
    const [otherTime, otherValue] = theirs[index] ?? [NaN, ''];
    if (time !== otherTime) return `time ${time}, Prometheus has ${otherTime}`;
    if (!isEqual(value, otherValue)) return `${value} at ${time}, Prometheus has ${otherValue}`;
  }
  return undefined;
}

function isEqual(own: string, other: string): boolean {
  if (own === other) return true;
  const [a, b] = [Number(own), Number(other)];
  if (!Number.isFinite(a) || !Number.isFinite(b)) return false;
  const difference = Math.abs(a - b);
  return difference <= NOTHING || difference <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
}
