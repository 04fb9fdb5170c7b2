import { storedColumn } from './columns.ts';
import { connections as record } from '@tomte/model';
import { defineConnectionView } from './connection-groups.ts';
import { ends } from './connection-ends.ts';

export const outboundConnections = defineConnectionView({
  name: 'outbound-connections',
  title: 'Connections to outside',
  meaning: 'Connections that were opened to outside of the cluster, by who opened them and to which address.',
  groups: {
    k8s_namespace_name: ends.namespace,
    service_name: ends.service,
    k8s_pod_name: ends.pod,
    peer_address: ends.peerAddress,
    server_port: ends.serverPort,
    tls_server_name: { ...storedColumn(record, 'tls_server_name'), sql: 'r.tls_server_name' },
  },
  where: ["r.role = 'client'", "r.peer_kind IN ('external', 'unknown')"],
  orderBy: 'connection_count DESC',
  chart: { kind: 'bars', label: 'peer_address', value: 'connection_count' },
  links: [
    {
      column: 'peer_address',
      view: 'address',
      title: 'Who talks to it',
      parameters: { address: 'peer_address' },
    },
  ],
});
