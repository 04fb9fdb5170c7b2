import { connections as record } from '@tomte/model';
import { storedColumn } from './columns.ts';
import { defineConnectionView } from './connection-groups.ts';
import { ends } from './connection-ends.ts';

export const failedConnections = defineConnectionView({
  name: 'failed-connections',
  title: 'Connections that failed',
  meaning: 'Connections that never came to be or were reset, by both ends and the reason.',
  groups: {
    k8s_namespace_name: ends.namespace,
    entity: ends.entity,
    peer_k8s_namespace_name: ends.peerNamespace,
    peer_entity: ends.peerEntity,
    server_port: ends.serverPort,
    end_reason: { ...storedColumn(record, 'end_reason'), sql: 'r.end_reason' },
    error_number: { ...storedColumn(record, 'error_number'), sql: 'r.error_number' },
  },
  where: ["r.end_reason IN ('connect_failed', 'reset')"],
  orderBy: 'connection_count DESC',
  chart: { kind: 'bars', label: 'peer_entity', value: 'connection_count' },
});
