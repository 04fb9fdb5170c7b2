import { type AppError, fail, type Outcome, succeed } from '@tomte/kit';
import { queryError, quoted } from './query-error.ts';

/** Half open: `fromNs` ≤ time < `toNs`, nanoseconds since the Unix epoch. */
export interface TimeRange {
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

const NS = { s: 1_000_000_000n, m: 60_000_000_000n, h: 3_600_000_000_000n, d: 86_400_000_000_000n } as const;
const DEFAULT_RANGE_NS = 15n * NS.m;
/** What DateTime64(9) can hold is until 2262; some seconds less, since pairs are looked for around a range. */
const LAST_NS = 9_223_372_016_000_000_000n;

/** `from` defaults to 15 minutes before `to`, `to` to now. */
export function parseRange(
  from: string | undefined,
  to: string | undefined,
  nowNs: bigint,
): Outcome<TimeRange, AppError> {
  const end = to === undefined ? succeed(nowNs) : parseTime(to, nowNs);
  if (!end.ok) return end;
  const start = from === undefined ? succeed(end.value - DEFAULT_RANGE_NS) : parseTime(from, nowNs);
  if (!start.ok) return start;
  if (start.value < end.value) return succeed({ fromNs: start.value, toNs: end.value });
  const facts = `from (${formatTime(start.value)}) is not before to (${formatTime(end.value)})`;
  return fail(queryError('QUERY_RANGE_INVALID', facts, 'Give a from that is earlier than to.'));
}

/**
 * RFC 3339 (`2026-01-02T03:04:05.123456789Z`, with an offset, or a date alone in UTC), relative
 * (`now`, `-15m`, `now-2h`, units ms s m h d), or Unix time by its digits: up to 11 in seconds
 * (fractions allowed), to 14 in milliseconds, to 17 in microseconds, to 19 in nanoseconds.
 */
export function parseTime(text: string, nowNs: bigint): Outcome<bigint, AppError> {
  const ns = relativeTime(text, nowNs) ?? epochTime(text) ?? rfc3339Time(text);
  if (ns !== undefined && ns >= 0n && ns <= LAST_NS) return succeed(ns);
  return fail(
    queryError(
      'QUERY_TIME_INVALID',
      `${quoted(text)} is not a time`,
      'Use RFC 3339 (2026-01-02T03:04:05Z), a relative time (-15m, now-2h) or Unix time.',
    ),
  );
}

const RELATIVE = /^(?:now)?(?:-(\d{1,9})(ms|s|m|h|d))?$/;

function relativeTime(text: string, nowNs: bigint): bigint | undefined {
  const match = text === '' ? null : RELATIVE.exec(text);
  if (match === null) return undefined;
  const [, amount = '0', unit = 's'] = match;
  return nowNs - BigInt(amount) * (unitNs(unit) ?? 0n);
}

function unitNs(unit: string): bigint | undefined {
  if (unit === 'ms') return 1_000_000n;
  return unit === 's' || unit === 'm' || unit === 'h' || unit === 'd' ? NS[unit] : undefined;
}

function epochTime(text: string): bigint | undefined {
  const match = /^(\d{1,19})(?:\.(\d{1,9}))?$/.exec(text);
  if (match === null) return undefined;
  const [, whole = '', fraction] = match;
  if (fraction !== undefined) return BigInt(whole) * NS.s + BigInt(fraction.padEnd(9, '0'));
  if (whole.length <= 11) return BigInt(whole) * NS.s;
  if (whole.length <= 14) return BigInt(whole) * 1_000_000n;
  return whole.length <= 17 ? BigInt(whole) * 1_000n : BigInt(whole);
}

const RFC3339 =
  /^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(?:([Zz])|([+-])(\d{2}):(\d{2})))?$/;

function rfc3339Time(text: string): bigint | undefined {
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const [, date, time = '00:00:00', fraction = '', , sign, hours = '0', minutes = '0'] = match;
  const wholeMs = Date.parse(`${date}T${time}Z`);
  // Date.parse rolls 30 February over to March: such a date comes back different.
  if (Number.isNaN(wholeMs) || !new Date(wholeMs).toISOString().startsWith(`${date}T`)) return undefined;
  const offset = BigInt(hours) * NS.h + BigInt(minutes) * NS.m;
  const ns = BigInt(wholeMs) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
  return sign === '-' ? ns + offset : ns - offset;
}

/** RFC 3339 in UTC with nine digits of the second. */
export function formatTime(ns: bigint): string {
  const seconds = ns / NS.s;
  const fraction = (ns % NS.s).toString().padStart(9, '0');
  return `${new Date(Number(seconds) * 1_000).toISOString().slice(0, 19)}.${fraction}Z`;
}

/** The whole minutes that the range touches: what a rollup by the minute can answer. */
export function wholeMinutes({ fromNs, toNs }: TimeRange): TimeRange {
  return { fromNs: fromNs - (fromNs % NS.m), toNs: toNs + ((NS.m - (toNs % NS.m)) % NS.m) };
}
