import { requests as record } from '@tomte/model';
import { defineView } from '../view.ts';
import { count, ratio } from './columns.ts';
import { storedColumn } from './columns.ts';
import { describeGroups, groupedSql } from './grouped.ts';

const groups = {
  host_name: { ...storedColumn(record, 'host_name'), sql: 'r.host_name' },
  protocol: { ...storedColumn(record, 'protocol'), sql: 'r.protocol' },
  encrypted: { ...storedColumn(record, 'encrypted'), sql: 'r.encrypted' },
};

export const dataQuality = defineView({
  name: 'data-quality',
  title: 'Quality of the data',
  meaning: 'How whole the rows of requests of a machine are: each end of a request is a row here.',
  record,
  params: {},
  columns: {
    ...describeGroups(groups),
    row_count: count('Rows of requests.'),
    partial_count: count('Of these: bytes or times are missing.'),
    partial_ratio: ratio('partial_count by row_count.'),
    missing_bytes: { semantic: 'bytes', json: 'number', unit: 'By', meaning: 'Bytes that were lost.' },
    without_duration_count: count('Rows whose duration is not known.'),
    unpaired_count: count('Rows that cannot be paired with the other end.'),
    without_pod_count: count('Rows without a pod though there is a cluster.'),
    without_peer_count: count('Rows of which nothing is known of the other end.'),
  },
  chart: { kind: 'bars', label: 'host_name', value: 'partial_ratio' },
  defaultLimitRows: 1_000,
  maxLimitRows: 10_000,
  sql(input) {
    const measures = [
      'count() AS row_count',
      "countIf(r.missing_reason != '') AS partial_count",
      "countIf(r.missing_reason != '') / count() AS partial_ratio",
      'sum(r.request_missing_bytes) + sum(r.response_missing_bytes) AS missing_bytes',
      'countIf(r.duration_ns IS NULL) AS without_duration_count',
      "countIf(r.unpaired_reason != '') AS unpaired_count",
      "countIf(r.k8s_unresolved_reason NOT IN ('', 'no_cluster', 'host_process')) AS without_pod_count",
      "countIf(r.peer_unresolved_reason NOT IN ('', 'no_cluster', 'external')) AS without_peer_count",
    ];
    return groupedSql({ record, groups, measures, orderBy: 'row_count DESC' }, input);
  },
});
