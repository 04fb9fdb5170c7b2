import { requests as record } from '@tomte/model';
import { compileFilter } from '../filter.ts';
import { onceCondition } from '../once.ts';
import { type RollupChoice, sourceParam, usesRollup } from '../rollup-choice.ts';
import { type TimeRange, wholeMinutes } from '../time-range.ts';
import { defineView, type ViewInput } from '../view.ts';
import { conditions, joinConditions } from '../where.ts';
import { asked } from './asked.ts';
import { count, named, ratio } from './columns.ts';

const MINUTE_NS = 60_000_000_000n;
/** Windows that end with the range, in minutes: the pairs of the usual alerts on burn rates (1 h with 5 min, 6 h with 30). */
const windows = [5, 30, 60, 360] as const;
const LONGEST = 360n * MINUTE_NS;

const params = {
  objective: {
    type: 'choice',
    choices: ['90', '95', '99', '99.5', '99.9', '99.95', '99.99'],
    default: '99.9',
    meaning: 'Per cent of the requests that shall be good: not server_error, aborted or timed_out.',
  },
  source: sourceParam('any length, where no filter asks for more'),
} as const;
const rollup: RollupChoice = {
  fromNs: 0n,
  columns: new Set(['service_name', 'k8s_namespace_name', 'protocol']),
};

const burnColumns = Object.fromEntries(
  windows.map((minutes) => [
    `burn_rate_${minutes}m`,
    ratio(
      `Share of errors in the last ${minutes} minutes by the share that the objective allows: 1 uses the budget up just in time; null without requests.`,
    ),
  ]),
);

export const sloBurn = defineView({
  name: 'slo-burn',
  title: 'Burn of error budgets',
  meaning:
    'How fast a service uses up its budget of errors, over windows that end with the range; `from` plays no part.',
  record,
  params,
  columns: {
    k8s_namespace_name: named('namespace', asked.namespace.meaning),
    service_name: named('service', asked.service.meaning),
    request_count: count('Requests of the last six hours, each counted once.'),
    error_count: count('Of these: server_error, aborted, timed_out.'),
    ...burnColumns,
    state: named(
      'reason',
      'fast: 14.4 and more over 1 h and 5 min, gone in two days. slow: 6 and more over 6 h and 30 min, gone in five. ok otherwise.',
    ),
  },
  chart: { kind: 'bars', label: 'service_name', value: 'burn_rate_60m' },
  links: [
    {
      column: 'service_name',
      view: 'status-codes',
      title: 'Its errors',
      parameters: { service_name: 'service_name', k8s_namespace_name: 'k8s_namespace_name' },
    },
  ],
  rollups: ['service_1m'],
  defaultLimitRows: 1_000,
  maxLimitRows: 10_000,
  source: (input) => ({
    table: usesRollup(input, rollup) ? 'service_1m' : record.table,
    range: usesRollup(input, rollup) ? wholeMinutes(sixHours(input.range)) : sixHours(input.range),
  }),
  sql: (input) => (usesRollup(input, rollup) ? rollupSql(input) : rawSql(input)),
});

function sixHours({ toNs }: TimeRange): TimeRange {
  return { fromNs: toNs > LONGEST ? toNs - LONGEST : 0n, toNs };
}

const isOfAsked = (name: string): boolean => name === 'service_name' || name === 'k8s_namespace_name';

function rawSql(input: ViewInput<typeof params>): string {
  const range = sixHours(input.range);
  const where = [
    ...conditions(
      record,
      range,
      input.filters.filter(({ name }) => !isOfAsked(name)),
      input.params,
    ),
    onceCondition(range, input.params),
  ];
  const isError = "r.outcome IN ('server_error', 'aborted', 'timed_out')";
  return burnSql(input, {
    range,
    from: `${record.table} AS r`,
    names: [asked.namespace.sql, asked.service.sql],
    time: 'r.start_time',
    requests: (condition) => `countIf(${condition})`,
    errors: (condition) => `countIf(${isError} AND ${condition})`,
    where,
    having: input.filters
      .filter(({ name }) => isOfAsked(name))
      .map((filter) => compileFilter(filter, input.params, filter.name)),
  });
}

function rollupSql(input: ViewInput<typeof params>): string {
  const range = wholeMinutes(sixHours(input.range));
  return burnSql(input, {
    range,
    from: 'service_1m AS r',
    names: ['r.service_namespace_name', 'r.service_name'],
    time: 'r.minute',
    requests: (condition) => `sumIf(r.request_count, ${condition})`,
    errors: (condition) => `sumIf(r.error_count, ${condition})`,
    where: [
      `r.minute >= ${input.params.time(range.fromNs)}`,
      `r.minute < ${input.params.time(range.toNs)}`,
      ...input.filters.map((filter) =>
        compileFilter(
          filter,
          input.params,
          filter.name === 'k8s_namespace_name' ? 'r.service_namespace_name' : `r.${filter.name}`,
        ),
      ),
    ],
    having: ['request_count > 0'],
  });
}

interface Burn {
  readonly range: TimeRange;
  readonly from: string;
  readonly names: readonly string[];
  readonly time: string;
  readonly requests: (condition: string) => string;
  readonly errors: (condition: string) => string;
  readonly where: readonly string[];
  readonly having: readonly string[];
}

function burnSql({ params: sql, values, fetchRows }: ViewInput<typeof params>, burn: Burn): string {
  const allowed = sql.add((100 - Number(values.objective)) / 100, 'Float64');
  const rate = (minutes: number): string => {
    const isIn = `${burn.time} >= ${sql.time(burn.range.toNs - BigInt(minutes) * MINUTE_NS)}`;
    return `if(${burn.requests(isIn)} = 0, NULL, ${burn.errors(isIn)} / ${burn.requests(isIn)} / ${allowed})`;
  };
  const isAbove = (minutes: number, least: number): string => `ifNull(burn_rate_${minutes}m, 0) >= ${least}`;
  const select = [
    `${burn.names[0]} AS k8s_namespace_name`,
    `${burn.names[1]} AS service_name`,
    `${burn.requests('1')} AS request_count`,
    `${burn.errors('1')} AS error_count`,
    ...windows.map((minutes) => `${rate(minutes)} AS burn_rate_${minutes}m`),
    `multiIf(${isAbove(60, 14.4)} AND ${isAbove(5, 14.4)}, 'fast', ${isAbove(360, 6)} AND ${isAbove(30, 6)}, 'slow', 'ok') AS state`,
  ];
  return [
    `SELECT\n  ${select.join(',\n  ')}`,
    `FROM ${burn.from}`,
    `WHERE ${joinConditions(burn.where)}`,
    'GROUP BY k8s_namespace_name, service_name',
    ...(burn.having.length === 0 ? [] : [`HAVING ${joinConditions(burn.having)}`]),
    'ORDER BY ifNull(burn_rate_60m, 0) DESC, request_count DESC, k8s_namespace_name, service_name',
    `LIMIT ${sql.add(fetchRows, 'UInt64')}`,
  ].join('\n');
}
