import { k8sEntities, requests as record } from '@tomte/model';
import { defineView, type ViewInput } from '../view.ts';
import type { ViewParams } from '../view-param.ts';
import { conditions, joinConditions } from '../where.ts';
import { count, named, storedColumn, time } from './columns.ts';

const groups = ['peer_address', 'role', 'service_name', 'k8s_namespace_name', 'k8s_pod_name'] as const;
const found = [
  'peer_kind',
  'peer_namespace_name',
  'peer_name',
  'peer_workload_kind',
  'peer_workload_name',
] as const;

export const unresolvedPeers = defineView({
  name: 'unresolved-peers',
  title: 'Peers found afterwards',
  meaning:
    'Requests whose other end nobody had told of when they were seen, put together with who held its address then, as the history of the cluster says.',
  record,
  alsoReads: ['k8s_entities'],
  params: {},
  columns: {
    peer_address: { semantic: 'address', json: 'string', meaning: 'Address of the other end.' },
    role: storedColumn(record, 'role'),
    service_name: storedColumn(record, 'service_name'),
    k8s_namespace_name: storedColumn(record, 'k8s_namespace_name'),
    k8s_pod_name: storedColumn(record, 'k8s_pod_name'),
    peer_kind: named(
      'text',
      'Kind of what held the address then: Pod, Service or Node; empty when nothing that is known.',
    ),
    peer_namespace_name: named('namespace', 'Namespace of that.'),
    peer_name: named('text', 'Name of that.'),
    peer_workload_kind: named('text', 'Kind of what made that pod.'),
    peer_workload_name: named('workload', 'Name of what made that pod.'),
    request_count: count('Rows of requests, each end by itself.'),
    first_time: time('Start of the first of them.'),
    last_time: time('Start of the last.'),
  },
  chart: { kind: 'table' },
  links: [
    {
      column: 'peer_name',
      view: 'entities',
      title: 'Its history',
      parameters: { name: 'peer_name', k8s_namespace_name: 'peer_namespace_name' },
    },
  ],
  defaultLimitRows: 1_000,
  maxLimitRows: 10_000,
  sql: (input) => sqlOf(input),
});

const RESOLVABLE = "r.peer_unresolved_reason = 'not_yet_known'";
const PEER = "if(r.role = 'client', r.server_address, r.client_address)";

/** Each row once beside each object that ever held the address; of those that stood then, the one that came last. */
function sqlOf({ params, range, filters, fetchRows }: ViewInput<ViewParams>): string {
  const where = joinConditions([...conditions(record, range, filters, params), RESOLVABLE]);
  const stands = 'e.valid_from <= t.start_time AND (e.valid_to = epoch OR e.valid_to > t.start_time)';
  const holder = (column: string): string => `argMaxIf(e.${column}, e.valid_from, ${stands})`;
  return [
    `SELECT\n  ${[
      "replaceOne(toString(q.address), '::ffff:', '') AS peer_address",
      ...groups.slice(1).map((name) => `q.${name} AS ${name}`),
      ...found.map((name) => `q.${name} AS ${name}`),
      'count() AS request_count',
      'min(q.start_time) AS first_time',
      'max(q.start_time) AS last_time',
    ].join(',\n  ')}`,
    'FROM (',
    "  WITH toDateTime64(0, 9, 'UTC') AS epoch",
    '  SELECT',
    '    t.address AS address, t.role AS role, t.service_name AS service_name,',
    '    t.k8s_namespace_name AS k8s_namespace_name, t.k8s_pod_name AS k8s_pod_name, t.start_time AS start_time,',
    `    ${holder('kind')} AS peer_kind, ${holder('k8s_namespace_name')} AS peer_namespace_name,`,
    `    ${holder('name')} AS peer_name, ${holder('k8s_workload_kind')} AS peer_workload_kind,`,
    `    ${holder('k8s_workload_name')} AS peer_workload_name`,
    '  FROM (',
    `    SELECT ${PEER} AS address, r.k8s_cluster_name AS cluster, r.role AS role, r.service_name AS service_name,`,
    '      r.k8s_namespace_name AS k8s_namespace_name, r.k8s_pod_name AS k8s_pod_name, r.start_time AS start_time,',
    '      r.spool_id AS spool_id, r.connection_id AS connection_id, r.exchange_index AS exchange_index',
    `    FROM ${record.table} AS r`,
    `    WHERE ${where.replaceAll('\n', '\n    ')}`,
    '  ) AS t',
    '  LEFT JOIN (',
    '    SELECT arrayJoin(k.addresses) AS address, k.k8s_cluster_name AS cluster, k.kind AS kind, k.name AS name,',
    '      k.k8s_namespace_name AS k8s_namespace_name, k.k8s_workload_kind AS k8s_workload_kind,',
    '      k.k8s_workload_name AS k8s_workload_name, k.valid_from AS valid_from, k.valid_to AS valid_to',
    `    FROM ${k8sEntities.table} AS k FINAL`,
    `    WHERE k.valid_from < ${params.time(range.toNs)}`,
    "      AND (k.valid_to = toDateTime64(0, 9, 'UTC')",
    `        OR k.valid_to > ${params.time(range.fromNs)})`,
    '  ) AS e ON t.address = e.address AND t.cluster = e.cluster',
    '  GROUP BY t.address, t.role, t.service_name, t.k8s_namespace_name, t.k8s_pod_name, t.start_time,',
    '    t.spool_id, t.connection_id, t.exchange_index',
    ') AS q',
    `GROUP BY ${[...groups, ...found].join(', ')}`,
    `ORDER BY request_count DESC, ${[...groups, ...found].join(', ')}`,
    `LIMIT ${params.add(fetchRows, 'UInt64')}`,
  ].join('\n');
}
