import { askedService, requests as record } from '@tomte/model';
import { compileFilter, type Filter } from '../filter.ts';
import { onceCondition } from '../once.ts';
import { type TimeRange, wholeMinutes } from '../time-range.ts';
import { defineView, type ViewInput } from '../view.ts';
import type { ViewParams } from '../view-param.ts';
import { conditions, joinConditions } from '../where.ts';
import { redColumns, redRollupSelect, redSelect } from './red.ts';

export const services = defineView({
  name: 'services',
  title: 'Services',
  meaning: 'Rate, errors and duration of the requests that a service was asked, over the time range.',
  record,
  params: {
    source: {
      type: 'choice',
      choices: ['auto', 'raw', 'rollup'],
      default: 'auto',
      meaning:
        'raw: from each request. rollup: from sums by the minute, in whole minutes, where no filter asks for more. ' +
        'auto: rollup for ranges from two hours on. The answer says which it was.',
    },
  },
  columns: {
    service_name: {
      semantic: 'service',
      json: 'string',
      meaning:
        'The service that was asked; where no name of it is known, the host that was asked for, or its address.',
    },
    protocol: { semantic: 'protocol', json: 'string', meaning: 'Application protocol.' },
    ...redColumns,
  },
  chart: { kind: 'bars', label: 'service_name', value: 'requests_per_second' },
  defaultLimitRows: 1_000,
  maxLimitRows: 10_000,
  source(input) {
    return usesRollup(input)
      ? { table: 'service_1m', range: wholeMinutes(input.range) }
      : { table: record.table, range: input.range };
  },
  sql: (input) => (usesRollup(input) ? rollupSql(input) : rawSql(input)),
});

const ROLLUP_FROM_NS = 7_200_000_000_000n;
const rollupColumns: ReadonlySet<string> = new Set(['service_name', 'role', 'protocol', 'encrypted']);

function usesRollup(input: {
  readonly values: { readonly source: string };
  readonly range: TimeRange;
  readonly filters: readonly Filter[];
}): boolean {
  const { values, range, filters } = input;
  const isPossible = filters.every((filter) => rollupColumns.has(filter.name));
  if (!isPossible || values.source === 'raw') return false;
  return values.source === 'rollup' || range.toNs - range.fromNs >= ROLLUP_FROM_NS;
}

/** A filter on the service means the one that is shown, which is not always the row's own. */
function rawSql(input: ViewInput<ViewParams>): string {
  const { params, range } = input;
  const isShown = (filter: Filter): boolean => filter.name === 'service_name';
  const where = joinConditions([
    ...conditions(
      record,
      range,
      input.filters.filter((filter) => !isShown(filter)),
      params,
    ),
    onceCondition(range, params),
  ]);
  const having = input.filters.filter(isShown).map((filter) => compileFilter(filter, params, 'service_name'));
  return [
    `SELECT\n  ${askedService} AS service_name,\n  r.protocol AS protocol,\n  ${redSelect(range, params).join(',\n  ')}`,
    `FROM ${record.table} AS r`,
    `WHERE ${where}`,
    'GROUP BY service_name, protocol',
    ...(having.length === 0 ? [] : [`HAVING ${joinConditions(having)}`]),
    'ORDER BY request_count DESC, service_name, protocol',
    `LIMIT ${params.add(input.fetchRows, 'UInt64')}`,
  ].join('\n');
}

function rollupSql(input: ViewInput<ViewParams>): string {
  const { params } = input;
  const range = wholeMinutes(input.range);
  const where = [
    `r.minute >= ${params.time(range.fromNs)}`,
    `r.minute < ${params.time(range.toNs)}`,
    ...input.filters.map((filter) => compileFilter(filter, params)),
  ];
  return [
    `SELECT\n  r.service_name AS service_name,\n  r.protocol AS protocol,\n  ${redRollupSelect(range, params).join(',\n  ')}`,
    'FROM service_1m AS r',
    `WHERE ${joinConditions(where)}`,
    'GROUP BY service_name, protocol',
    'ORDER BY request_count DESC, service_name, protocol',
    `LIMIT ${params.add(input.fetchRows, 'UInt64')}`,
  ].join('\n');
}
