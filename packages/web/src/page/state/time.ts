/** Milliseconds since the Unix epoch; `toMs` is not included. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DEFAULT_FROM = '-15m';
const DEFAULT_TO = 'now';

/** The API's way to write times, as far as the page makes them: relative, RFC 3339 or Unix time in milliseconds. */
export function parseTimeMs(text: string, nowMs: number): number | undefined {
  const relative = /^(?:now)?(?:-(\d{1,9})(ms|s|m|h|d))?$/.exec(text);
  if (relative !== null && text !== '') {
    const [, amount = '0', unit = 's'] = relative;
    return nowMs - Number(amount) * (UNIT_MS[unit] ?? 0);
  }
  if (/^\d{12,14}$/.test(text)) return Number(text);
  const parsed = Date.parse(text);
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** The span of an address; what cannot be read falls back to the last 15 minutes. */
export function spanOf(from: string | null, to: string | null, nowMs: number): Span {
  const toMs = parseTimeMs(to ?? DEFAULT_TO, nowMs) ?? nowMs;
  const fromMs = parseTimeMs(from ?? DEFAULT_FROM, nowMs) ?? toMs - 900_000;
  return fromMs < toMs ? { fromMs, toMs } : { fromMs: toMs - 900_000, toMs };
}

export function isRelative(text: string | null): boolean {
  return text === null || /^(?:now|-)/.test(text);
}

export const presets: readonly (readonly [from: string, title: string])[] = [
  ['-5m', 'Last 5 minutes'],
  ['-15m', 'Last 15 minutes'],
  ['-30m', 'Last 30 minutes'],
  ['-1h', 'Last hour'],
  ['-3h', 'Last 3 hours'],
  ['-6h', 'Last 6 hours'],
  ['-12h', 'Last 12 hours'],
  ['-24h', 'Last 24 hours'],
  ['-2d', 'Last 2 days'],
  ['-7d', 'Last 7 days'],
];

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400];

/** Seconds of one point of a chart, so that there are at most `points`. */
export function stepSeconds({ fromMs, toMs }: Span, points: number): number {
  const least = (toMs - fromMs) / 1_000 / points;
  return STEPS_S.find((step) => step >= least) ?? 86_400;
}

/** As ClickHouse reads a time parameter: seconds. */
export function toSeconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}

const two = (value: number): string => String(value).padStart(2, '0');

export function dayOf(time: Date): string {
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}

export function clockOf(time: Date): string {
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

/** `2026-01-02 03:04:05`, in the browser's time zone; the day only when it is not today's. */
export function shortTime(ms: number, nowMs: number = Date.now()): string {
  const time = new Date(ms);
  const day = dayOf(time);
  return day === dayOf(new Date(nowMs)) ? clockOf(time) : `${day} ${clockOf(time)}`;
}

/** In words: a preset's title, or both ends. */
export function titleOfSpan(from: string | null, to: string | null, nowMs: number): string {
  const start = from ?? DEFAULT_FROM;
  if ((to ?? DEFAULT_TO) === DEFAULT_TO) {
    const preset = presets.find(([value]) => value === start);
    if (preset !== undefined) return preset[1];
  }
  const span = spanOf(from, to, nowMs);
  const end = (to ?? DEFAULT_TO) === DEFAULT_TO ? 'now' : shortTime(span.toMs, nowMs);
  const isSameDay = end !== 'now' && dayOf(new Date(span.fromMs)) === dayOf(new Date(span.toMs));
  return `${shortTime(span.fromMs, nowMs)} – ${isSameDay ? clockOf(new Date(span.toMs)) : end}`;
}
