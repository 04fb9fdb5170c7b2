import { connections as record } from '@tomte/model';
import { named, storedColumn } from './columns.ts';
import type { GroupColumn } from './grouped.ts';

/** SQL: address of the other end, from a row `r` of connections or requests. */
const peerAddress =
  "replaceOne(toString(if(r.role = 'client', r.server_address, r.client_address)), '::ffff:', '')";

/** SQL: the name that is known of the other end, else its address. */
const peerEntity = `coalesce(nullIf(r.peer_k8s_pod_name, ''), nullIf(r.peer_k8s_service_name, ''), nullIf(r.peer_service_name, ''), ${peerAddress})`;
const ownEntity = "coalesce(nullIf(r.k8s_pod_name, ''), nullIf(r.service_name, ''), r.host_name)";

/** The observed process and the other end of a connection. */
export const ends = {
  namespace: { ...storedColumn(record, 'k8s_namespace_name'), sql: 'r.k8s_namespace_name' },
  service: { ...storedColumn(record, 'service_name'), sql: 'r.service_name' },
  pod: { ...storedColumn(record, 'k8s_pod_name'), sql: 'r.k8s_pod_name' },
  node: { ...storedColumn(record, 'k8s_node_name'), sql: 'r.k8s_node_name' },
  entity: {
    ...named('text', 'Pod of the observed process; its service or machine where it has none.'),
    sql: ownEntity,
  },
  role: { ...storedColumn(record, 'role'), sql: 'r.role' },
  peerKind: { ...storedColumn(record, 'peer_kind'), sql: 'r.peer_kind' },
  peerNamespace: { ...storedColumn(record, 'peer_k8s_namespace_name'), sql: 'r.peer_k8s_namespace_name' },
  peerEntity: {
    ...named('text', 'Pod or service at the other end; its address where no name is known.'),
    sql: peerEntity,
  },
  peerAddress: { ...named('address', 'Address of the other end.'), sql: peerAddress },
  serverPort: { ...storedColumn(record, 'server_port'), sql: 'r.server_port' },
} as const satisfies Readonly<Record<string, GroupColumn>>;
