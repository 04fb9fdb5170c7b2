import { askedNamespace, askedService, countsOnce } from '@tomte/model';
import type { Row } from '../api/answer.ts';
import type { SqlQuestion } from '../api/client.ts';
import type { Range } from '../state/range.tsx';
import { stepSeconds, toSeconds } from '../state/time.ts';
import { SqlValues } from './where.ts';

/** Which requests: of a service that was asked, of an endpoint of it; further conditions as SQL on rows `r`. */
export interface Subject {
  readonly service?: string | undefined;
  readonly namespace?: string | undefined;
  readonly method?: string | undefined;
  readonly path?: string | undefined;
}

const ERRORS = "r.outcome IN ('server_error', 'aborted', 'timed_out')";
const POINTS = 120;
const SPARK_POINTS = 40;
const HEAT_POINTS = 90;
/** Rows of a logarithmic scale: four to a factor of ten. */
export const HEAT_ROWS_PER_DECADE = 4;

/** The conditions that each statement about requests has: its time, each request once, its subject. */
function whereOf(range: Range, subject: Subject, values: SqlValues): string {
  const [from, to] = [
    values.add(toSeconds(range.fromMs), 'DateTime64(9)'),
    values.add(toSeconds(range.toMs), 'DateTime64(9)'),
  ];
  const same = (sql: string, value: string | undefined): string[] =>
    value === undefined ? [] : [`${sql} = ${values.add(value, 'String')}`];
  return [
    `r.start_time >= ${from}`,
    `r.start_time < ${to}`,
    countsOnce(from, to),
    ...same(askedService, subject.service),
    ...same(askedNamespace, subject.namespace),
    ...same('r.method', subject.method),
    ...same('r.path', subject.path),
  ].join('\n  AND ');
}

interface Asked {
  readonly question: SqlQuestion;
  readonly stepSeconds: number;
}

function ask(range: Range, values: SqlValues, sql: string): SqlQuestion {
  return { sql, params: values.values, from: range.from, to: range.to, limit: 100_000 };
}

/** Rate, errors and durations over time. */
export function redOverTime(range: Range, subject: Subject): Asked {
  const values = new SqlValues();
  const step = stepSeconds(range, POINTS);
  const sql = `SELECT ${bucket(step, values)} AS t, count() AS n, countIf(${ERRORS}) AS errors,
  countIf(r.outcome = 'client_error') AS client_errors,
  quantilesTDigest(0.5, 0.9, 0.99)(r.duration_ns) AS quantiles, countIf(r.duration_ns IS NOT NULL) AS samples
FROM requests AS r
WHERE ${whereOf(range, subject, values)}
GROUP BY t ORDER BY t`;
  return { question: ask(range, values, sql), stepSeconds: step };
}

/** Requests by service over time, for the little curves of a list. */
export function ratesByService(range: Range): Asked {
  const values = new SqlValues();
  const step = stepSeconds(range, SPARK_POINTS);
  const sql = `SELECT ${askedNamespace} AS namespace, ${askedService} AS service, CAST(r.protocol, 'String') AS protocol,
  ${bucket(step, values)} AS t, count() AS n, countIf(${ERRORS}) AS errors
FROM requests AS r
WHERE ${whereOf(range, {}, values)}
GROUP BY namespace, service, protocol, t ORDER BY t`;
  return { question: ask(range, values, sql), stepSeconds: step };
}

/** How many requests took how long, and when. */
export function durationsOverTime(range: Range, subject: Subject): Asked {
  const values = new SqlValues();
  const step = stepSeconds(range, HEAT_POINTS);
  const sql = `SELECT ${bucket(step, values)} AS t,
  toInt32(floor(log10(greatest(assumeNotNull(r.duration_ns), 1)) * ${HEAT_ROWS_PER_DECADE})) AS level, count() AS n
FROM requests AS r
WHERE ${whereOf(range, subject, values)}
  AND r.duration_ns IS NOT NULL
GROUP BY t, level ORDER BY t, level`;
  return { question: ask(range, values, sql), stepSeconds: step };
}

/** Rate, errors and durations by method and path. */
export function endpointsOf(range: Range, subject: Subject): SqlQuestion {
  const values = new SqlValues();
  const seconds = values.add((range.toMs - range.fromMs) / 1_000, 'Float64');
  const sql = `SELECT r.method AS method, r.path AS path, toFloat64(count()) AS request_count,
  count() / ${seconds} AS requests_per_second, countIf(${ERRORS}) / count() AS error_ratio,
  toFloat64(countIf(r.outcome = 'client_error')) AS client_error_count,
  quantileTDigest(0.5)(r.duration_ns) AS duration_p50_ns, quantileTDigest(0.99)(r.duration_ns) AS duration_p99_ns,
  toFloat64(sum(r.response_bytes)) AS response_bytes
FROM requests AS r
WHERE ${whereOf(range, subject, values)}
GROUP BY method, path ORDER BY request_count DESC, method, path LIMIT ${MAX_ENDPOINTS + 1}`;
  return ask(range, values, sql);
}
export const MAX_ENDPOINTS = 200;

/** The oldest and the newest request that is stored: where to look when there is nothing here. */
export const storedSpan: SqlQuestion = {
  sql: 'SELECT count() AS n, min(start_time) AS first, max(start_time) AS last FROM requests',
};

function bucket(step: number, values: SqlValues): string {
  const seconds = values.add(step, 'UInt32');
  return `toUInt32(intDiv(toUnixTimestamp(r.start_time), ${seconds}) * ${seconds})`;
}

/** A chart's points: seconds since the Unix epoch, all steps of the range, also those without a row. */
export function stepsOf({ fromMs, toMs }: Range, step: number): readonly number[] {
  const first = Math.floor(fromMs / 1_000 / step) * step;
  const count = Math.max(1, Math.ceil((toMs / 1_000 - first) / step));
  return Array.from({ length: count }, (_, index) => first + index * step);
}

/** Seconds of each step that lie in the range: the first and the last may be cut. */
function secondsIn(range: Range, start: number, step: number): number {
  const from = Math.max(start, range.fromMs / 1_000);
  const to = Math.min(start + step, range.toMs / 1_000);
  return Math.max(to - from, step / 1_000);
}

export interface RedSeries {
  readonly times: readonly number[];
  readonly rate: readonly number[];
  readonly errorRate: readonly number[];
  readonly clientErrorRate: readonly number[];
  /** Nanoseconds; null where nothing was measured. */
  readonly p50: readonly (number | null)[];
  readonly p90: readonly (number | null)[];
  readonly p99: readonly (number | null)[];
}

export function toSeries(rows: readonly Row[], range: Range, step: number): RedSeries {
  const byTime = new Map(rows.map((row) => [Number(row['t']), row]));
  const times = stepsOf(range, step);
  const perSecond = (name: string): number[] =>
    times.map((time) => Number(byTime.get(time)?.[name] ?? 0) / secondsIn(range, time, step));
  const quantile = (index: number): (number | null)[] =>
    times.map((time) => {
      const row = byTime.get(time);
      const list = row?.['quantiles'];
      return row === undefined || Number(row['samples']) === 0 || !Array.isArray(list)
        ? null
        : Number(list[index]);
    });
  return {
    times,
    rate: perSecond('n'),
    errorRate: perSecond('errors'),
    clientErrorRate: perSecond('client_errors'),
    p50: quantile(0),
    p90: quantile(1),
    p99: quantile(2),
  };
}
