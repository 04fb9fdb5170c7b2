import { defineConnectionView } from './connection-groups.ts';
import { ends } from './connection-ends.ts';

export const netFlowGraph = defineConnectionView({
  name: 'net-flow-graph',
  title: 'Who sends bytes to whom',
  meaning:
    'Connections that ended, with their bytes, from the observed end to the other one, over the time range.',
  groups: {
    k8s_namespace_name: ends.namespace,
    entity: ends.entity,
    role: ends.role,
    peer_k8s_namespace_name: ends.peerNamespace,
    peer_entity: ends.peerEntity,
  },
  orderBy: 'sent_bytes + received_bytes DESC',
  chart: { kind: 'graph', from: 'entity', to: 'peer_entity', weight: 'sent_bytes' },
});
