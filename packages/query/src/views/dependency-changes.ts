import {
  askedNamespace,
  askedService,
  askingNamespace,
  askingService,
  requests as record,
} from '@tomte/model';
import { clientBeside, onceCondition } from '../once.ts';
import type { TimeRange } from '../time-range.ts';
import { defineView } from '../view.ts';
import { count, named, time } from './columns.ts';
import { describeGroups, groupedSql } from './grouped.ts';

const groups = {
  client_namespace_name: {
    ...named('namespace', 'Namespace of the service that asked; empty where it is not known.'),
    sql: askingNamespace,
  },
  client_service_name: {
    ...named('service', 'The service that asked; its address where no name is known.'),
    sql: askingService,
  },
  server_namespace_name: {
    ...named('namespace', 'Namespace of the service that was asked; empty where it is not known.'),
    sql: askedNamespace,
  },
  server_service_name: {
    ...named('service', 'The service that was asked; its address where no name is known.'),
    sql: askedService,
  },
};

const params = {
  before: {
    type: 'integer',
    unit: 'ns',
    default: 3_600_000_000_000,
    least: 60_000_000_000,
    most: 604_800_000_000_000,
    meaning: 'Length of the time before the range that it is compared with.',
  },
} as const;

function withBefore(range: TimeRange, beforeNs: number): TimeRange {
  const length = BigInt(beforeNs);
  return { fromNs: range.fromNs > length ? range.fromNs - length : 0n, toNs: range.toNs };
}

export const dependencyChanges = defineView({
  name: 'dependency-changes',
  title: 'New and vanished dependencies',
  meaning: 'A service asked another one in the range and not in the time before it, or the other way round.',
  record,
  params,
  columns: {
    ...describeGroups(groups),
    change: named('text', 'new: only in the range. vanished: only before it.'),
    request_count: count('Requests in the range, each counted once.'),
    before_request_count: count('Requests in the time before.'),
    first_time: time('Start of the first of them, in both times.'),
    last_time: time('Start of the last.'),
  },
  chart: { kind: 'graph', from: 'client_service_name', to: 'server_service_name', weight: 'request_count' },
  links: [
    {
      column: 'server_service_name',
      view: 'endpoints',
      title: 'Endpoints of the service',
      parameters: { service_name: 'server_service_name' },
    },
  ],
  defaultLimitRows: 1_000,
  maxLimitRows: 10_000,
  source: ({ range, values }) => ({ table: record.table, range: withBefore(range, values.before) }),
  sql(input) {
    const range = withBefore(input.range, input.values.before);
    const isIn = `r.start_time >= ${input.params.time(input.range.fromNs)}`;
    const measures = [
      `if(countIf(${isIn}) > 0, 'new', 'vanished') AS change`,
      `countIf(${isIn}) AS request_count`,
      `countIf(NOT (${isIn})) AS before_request_count`,
      'min(r.start_time) AS first_time',
      'max(r.start_time) AS last_time',
    ];
    const shape = {
      record,
      groups,
      ends: {
        service_name: ['client_service_name', 'server_service_name'],
        k8s_namespace_name: ['client_namespace_name', 'server_namespace_name'],
      },
      measures,
      joins: [clientBeside(range, input.params)],
      where: [onceCondition(range, input.params)],
      having: ['(request_count = 0) != (before_request_count = 0)'],
      orderBy: 'change, request_count DESC, before_request_count DESC',
    };
    return groupedSql(shape, { ...input, range });
  },
});
