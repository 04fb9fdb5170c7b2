import { k8sEntities as record } from '@tomte/model';
import { compileFilter } from '../filter.ts';
import { describeRecord, projectColumn } from '../output-column.ts';
import { defineView } from '../view.ts';
import { joinConditions } from '../where.ts';

const columns = Object.entries(record.columns);

export const entities = defineView({
  name: 'entities',
  title: 'Kubernetes objects',
  meaning:
    'What a pod, service, node, namespace or controller was at some time of the range; an object that changed has several rows.',
  record,
  params: {},
  columns: describeRecord(record),
  chart: { kind: 'table' },
  links: [
    { column: 'name', view: 'entities', title: 'Its history', parameters: { uid: 'uid' } },
    {
      column: 'k8s_node_name',
      view: 'nodes',
      title: 'Its node',
      parameters: { k8s_node_name: 'k8s_node_name' },
    },
  ],
  defaultLimitRows: 1_000,
  maxLimitRows: 50_000,
  sql({ params, range, filters, fetchRows }) {
    const shown = columns.map(([name, column]) => projectColumn(name, column));
    const where = [
      `r.valid_from < ${params.time(range.toNs)}`,
      `(r.valid_to = toDateTime64(0, 9, 'UTC') OR r.valid_to > ${params.time(range.fromNs)})`,
      ...filters.map((filter) => compileFilter(filter, params)),
    ];
    return [
      `SELECT\n  ${shown.join(',\n  ')}`,
      `FROM ${record.table} AS r FINAL`,
      `WHERE ${joinConditions(where)}`,
      'ORDER BY r.k8s_cluster_name, r.k8s_namespace_name, r.kind, r.name, r.uid, r.valid_from',
      `LIMIT ${params.add(fetchRows, 'UInt64')}`,
    ].join('\n');
  },
});
