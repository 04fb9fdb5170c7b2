import { defineConnectionView } from './connection-groups.ts';
import { ends } from './connection-ends.ts';

export const tcpRetransmits = defineConnectionView({
  name: 'tcp-retransmits',
  title: 'TCP segments sent again',
  meaning: 'Connections on which TCP segments were sent again, from the observed end to the other one.',
  groups: {
    k8s_namespace_name: ends.namespace,
    entity: ends.entity,
    peer_k8s_namespace_name: ends.peerNamespace,
    peer_entity: ends.peerEntity,
  },
  where: ['r.retransmitted_segments > 0'],
  orderBy: 'retransmitted_segments DESC',
  chart: { kind: 'graph', from: 'entity', to: 'peer_entity', weight: 'retransmitted_segments' },
});
