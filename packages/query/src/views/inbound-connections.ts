import { defineConnectionView } from './connection-groups.ts';
import { ends } from './connection-ends.ts';

export const inboundConnections = defineConnectionView({
  name: 'inbound-connections',
  title: 'Connections from outside',
  meaning:
    'Connections that were opened from outside of the cluster, by who was asked and from which address.',
  groups: {
    k8s_namespace_name: ends.namespace,
    service_name: ends.service,
    k8s_pod_name: ends.pod,
    server_port: ends.serverPort,
    peer_address: ends.peerAddress,
  },
  where: ["r.role = 'server'", "r.peer_kind IN ('external', 'unknown')"],
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
