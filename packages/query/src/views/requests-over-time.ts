import { requests as record } from '@tomte/model';
import { compileFilter } from '../filter.ts';
import { onceCondition } from '../once.ts';
import { type RollupChoice, sourceParam, usesRollup } from '../rollup-choice.ts';
import { type TimeRange, wholeMinutes } from '../time-range.ts';
import { defineView, type ViewInput } from '../view.ts';
import { conditions, joinConditions } from '../where.ts';
import { asked } from './asked.ts';
import { named, time } from './columns.ts';
import { redColumns, redRollupSelect, redSelect } from './red.ts';
import { secondsOfStep, stepOf, stepParam, stepSeconds } from './time-steps.ts';

/** What a line can stand for, from a row `r` of requests. */
const series = {
  none: "''",
  namespace: asked.namespace.sql,
  service: asked.service.sql,
  workload: asked.workload.sql,
  pod: asked.pod.sql,
  node: asked.node.sql,
  method: 'r.method',
  status_code: "ifNull(toString(r.status_code), '')",
  outcome: 'toString(r.outcome)',
} as const;
type Series = keyof typeof series;
const seriesNames = Object.keys(series) as readonly Series[]; // Proof: the literal's keys.

/** The same from a minute `r` of service_1m, where it is known there. */
const rollupSeries: Readonly<Partial<Record<Series, string>>> = {
  none: "''",
  namespace: 'r.service_namespace_name',
  service: 'r.service_name',
};
const rollup: RollupChoice = {
  fromNs: 7_200_000_000_000n,
  columns: new Set(['service_name', 'role', 'protocol', 'encrypted', 'k8s_namespace_name']),
};

const params = {
  by: {
    type: 'choice',
    choices: seriesNames,
    default: 'none',
    meaning: 'What a line stands for; none gives one line for all.',
  },
  step: stepParam,
  source: sourceParam('two hours'),
} as const;
type Input = Pick<ViewInput<typeof params>, 'range' | 'values' | 'filters'>;

export const requestsOverTime = defineView({
  name: 'requests-over-time',
  title: 'Requests over time',
  meaning:
    'Rate, errors and duration of the requests that began within one step of time, by what `by` names.',
  record,
  params,
  columns: {
    time: time('Start of the step.'),
    series: named('text', 'What the line stands for; empty where it is not known.'),
    ...redColumns,
  },
  chart: {
    kind: 'timeseries',
    time: 'time',
    series: 'series',
    values: ['requests_per_second', 'error_ratio', 'duration_p50_ns', 'duration_p90_ns', 'duration_p99_ns'],
  },
  rollups: ['service_1m'],
  defaultLimitRows: 10_000,
  maxLimitRows: 50_000,
  source(input) {
    return isFromRollup(input)
      ? { table: 'service_1m', range: wholeMinutes(input.range) }
      : { table: record.table, range: input.range };
  },
  sql: (input) => (isFromRollup(input) ? rollupSql(input) : rawSql(input)),
});

function isFromRollup(input: Input): boolean {
  const isWholeMinutes = stepSeconds(input.values.step, input.range) % 60n === 0n;
  return isWholeMinutes && input.values.by in rollupSeries && usesRollup(input, rollup);
}

/** A filter on the service or its namespace means the one that was asked, as in `services`. */
const askedFilters: Readonly<Record<string, { readonly raw: string; readonly rollup: string }>> = {
  service_name: { raw: asked.service.sql, rollup: 'r.service_name' },
  k8s_namespace_name: { raw: asked.namespace.sql, rollup: 'r.service_namespace_name' },
  k8s_workload_name: { raw: asked.workload.sql, rollup: '' },
  k8s_pod_name: { raw: asked.pod.sql, rollup: '' },
  k8s_node_name: { raw: asked.node.sql, rollup: '' },
};

function rawSql(input: ViewInput<typeof params>): string {
  const rows = input.filters.filter(({ name }) => !(name in askedFilters));
  const where = [
    ...conditions(record, input.range, rows, input.params),
    ...input.filters.flatMap((filter) => {
      const column = askedFilters[filter.name]?.raw;
      return column === undefined ? [] : [compileFilter(filter, input.params, column)];
    }),
    onceCondition(input.range, input.params),
  ];
  return stepsSql(input, {
    from: `${record.table} AS r`,
    time: 'r.start_time',
    series: series[input.values.by],
    range: input.range,
    measures: redSelect,
    where,
  });
}

function rollupSql(input: ViewInput<typeof params>): string {
  const range = wholeMinutes(input.range);
  const where = [
    `r.minute >= ${input.params.time(range.fromNs)}`,
    `r.minute < ${input.params.time(range.toNs)}`,
    ...input.filters.map((filter) =>
      compileFilter(filter, input.params, askedFilters[filter.name]?.rollup ?? `r.${filter.name}`),
    ),
  ];
  return stepsSql(input, {
    from: 'service_1m AS r',
    time: 'r.minute',
    series: rollupSeries[input.values.by] ?? "''",
    range,
    measures: redRollupSelect,
    where,
  });
}

interface Steps {
  readonly from: string;
  readonly time: string;
  readonly series: string;
  readonly range: TimeRange;
  readonly measures: (seconds: string) => readonly string[];
  readonly where: readonly string[];
}

function stepsSql(input: ViewInput<typeof params>, steps: Steps): string {
  const seconds = stepSeconds(input.values.step, steps.range);
  const select = [
    `${stepOf(steps.time, seconds, input.params)} AS time`,
    `${steps.series} AS series`,
    ...steps.measures(secondsOfStep('time', seconds, steps.range, input.params)),
  ];
  return [
    `SELECT\n  ${select.join(',\n  ')}`,
    `FROM ${steps.from}`,
    `WHERE ${joinConditions(steps.where)}`,
    'GROUP BY time, series',
    'ORDER BY time, series',
    `LIMIT ${input.params.add(input.fetchRows, 'UInt64')}`,
  ].join('\n');
}
