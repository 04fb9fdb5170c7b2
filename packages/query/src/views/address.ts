import { connections as record } from '@tomte/model';
import { defineView } from '../view.ts';
import { bytes, count, time } from './columns.ts';
import { ends } from './connection-ends.ts';
import { describeGroups, groupedSql } from './grouped.ts';

const groups = {
  k8s_namespace_name: ends.namespace,
  service_name: ends.service,
  k8s_pod_name: ends.pod,
  k8s_node_name: ends.node,
  role: ends.role,
  peer_address: ends.peerAddress,
  server_port: ends.serverPort,
};

export const address = defineView({
  name: 'address',
  title: 'Who talks to an address',
  meaning: 'Connections with one address at the other end, by who was observed.',
  record,
  params: {
    address: {
      type: 'text',
      default: '',
      isRequired: true,
      meaning: 'IPv4 or IPv6 address of the other end.',
    },
  },
  columns: {
    ...describeGroups(groups),
    connection_count: count('Connections that ended or failed.'),
    failed_count: count('Of these: never came to be.'),
    sent_bytes: bytes('Bytes that were written to it.'),
    received_bytes: bytes('Bytes that were read from it.'),
    first_time: time('End of the first of them.'),
    last_time: time('End of the last.'),
  },
  chart: { kind: 'graph', from: 'k8s_pod_name', to: 'peer_address', weight: 'connection_count' },
  links: [
    { column: 'k8s_pod_name', view: 'pods', title: 'The pod', parameters: { k8s_pod_name: 'k8s_pod_name' } },
  ],
  defaultLimitRows: 1_000,
  maxLimitRows: 10_000,
  sql(input) {
    const measures = [
      'count() AS connection_count',
      "countIf(r.end_reason = 'connect_failed') AS failed_count",
      'sum(r.sent_bytes) AS sent_bytes',
      'sum(r.received_bytes) AS received_bytes',
      'min(r.end_time) AS first_time',
      'max(r.end_time) AS last_time',
    ];
    const asked = input.params.add(input.values.address, 'String');
    const where = [`${ends.peerAddress.sql} = ${asked}`];
    return groupedSql({ record, groups, measures, where, orderBy: 'connection_count DESC' }, input);
  },
});
