import { connections as record } from '@tomte/model';
import { defineView, type ChartSpec, type ViewDefinition, type ViewLink } from '../view.ts';
import { bytes, count, duration, ratio } from './columns.ts';
import { describeGroups, type Ends, type GroupColumns, groupedSql } from './grouped.ts';

/** What is told of connections that were put together. */
const measures = {
  connection_count: { ...count('Connections that ended or failed, each end by itself.'), sql: 'count()' },
  failed_count: {
    ...count('Of these: never came to be.'),
    sql: "countIf(r.end_reason = 'connect_failed')",
  },
  reset_count: { ...count('Of these: were reset.'), sql: "countIf(r.end_reason = 'reset')" },
  failed_ratio: {
    ...ratio('failed_count by connection_count.'),
    sql: "countIf(r.end_reason = 'connect_failed') / count()",
  },
  sent_bytes: { ...bytes('Bytes that the observed processes wrote.'), sql: 'sum(r.sent_bytes)' },
  received_bytes: { ...bytes('Bytes that the observed processes read.'), sql: 'sum(r.received_bytes)' },
  retransmitted_segments: {
    ...count('TCP segments that these ends sent again.'),
    sql: 'sum(r.retransmitted_segments)',
  },
  round_trip_p50_ns: {
    ...duration('Median of the smoothed round-trip time at the end; null where the kernel had no sample.'),
    sql: 'quantileTDigestOrNull(0.5)(r.round_trip_ns)',
  },
  connect_p99_ns: {
    ...duration('99 % of the handshakes were faster, on the client side; null where none was seen.'),
    sql: 'quantileTDigestOrNull(0.99)(r.connect_ns)',
  },
} as const;

export interface ConnectionGroups {
  readonly name: string;
  readonly title: string;
  readonly meaning: string;
  readonly groups: GroupColumns;
  readonly ends?: Ends;
  readonly where?: readonly string[];
  readonly having?: readonly string[];
  readonly orderBy: string;
  readonly chart: ChartSpec;
  readonly links?: readonly ViewLink[];
}

/** Connections put together by the columns of `groups`. */
export function defineConnectionView(view: ConnectionGroups): ViewDefinition<Record<never, never>> {
  const {
    name,
    title,
    meaning,
    groups,
    ends = {},
    where = [],
    having = [],
    orderBy,
    chart,
    links = [],
  } = view;
  const described = Object.entries(measures).map(([column, { sql: _, ...rest }]) => [column, rest] as const);
  const select = Object.entries(measures).map(([column, { sql }]) =>
    column.endsWith('_ns') ? `toUInt64OrNull(toString(round(${sql}))) AS ${column}` : `${sql} AS ${column}`,
  );
  return defineView({
    name,
    title,
    meaning,
    record,
    params: {},
    columns: { ...describeGroups(groups), ...Object.fromEntries(described) },
    chart,
    links,
    defaultLimitRows: 1_000,
    maxLimitRows: 10_000,
    sql: (input) => groupedSql({ record, groups, ends, measures: select, where, having, orderBy }, input),
  });
}
