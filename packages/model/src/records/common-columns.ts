import type { Column } from '../column.ts';

/** On every row that an agent sends: which batch carried it, and from where. */
export const deliveryColumns = {
  k8s_cluster_name: {
    type: 'LowCardinality(String)',
    meaning: 'Name of the cluster, as configured; empty outside of one.',
    source: 'collector',
    semantic: 'cluster',
    otel: 'k8s.cluster.name',
  },
  host_name: {
    type: 'LowCardinality(String)',
    meaning: 'Name of the machine that the agent runs on.',
    source: 'agent',
    semantic: 'host',
    otel: 'host.name',
  },
  agent_id: {
    type: 'LowCardinality(String)',
    meaning: 'The agent that observed it: stable across its restarts.',
    source: 'agent',
    semantic: 'agent',
  },
  spool_id: {
    type: 'UInt64',
    meaning: 'The spool that the batch was sealed in; with batch_seq it names the batch for ever.',
    source: 'agent',
    semantic: 'identifier',
    codec: 'ZSTD(6)',
  },
  batch_seq: {
    type: 'UInt64',
    meaning: 'Number of the batch in its spool, counted from 1 without gaps.',
    source: 'agent',
    semantic: 'identifier',
    codec: "Delta, T64('bit'), ZSTD(1)",
  },
} as const satisfies Readonly<Record<string, Column>>;

/** The process that was observed. */
export const processColumns = {
  pid: {
    type: 'UInt32',
    meaning: "Process id (thread group) in the agent's pid namespace; 0 when not known.",
    source: 'kernel',
    semantic: 'pid',
    otel: 'process.pid',
    codec: 'ZSTD(6)',
  },
  process_start_time: {
    type: 'DateTime64(9)',
    meaning: 'When the process started: with pid it names the process. The epoch when not known.',
    source: 'proc',
    semantic: 'time',
    otel: 'process.creation.time',
    codec: 'ZSTD(6)',
  },
  process_name: {
    type: 'LowCardinality(String)',
    meaning: 'Base name of the executable; empty when not known.',
    source: 'proc',
    semantic: 'process',
    otel: 'process.executable.name',
  },
  process_executable: {
    type: 'LowCardinality(String)',
    meaning: 'Path of the executable in its own mount namespace; empty when not known.',
    source: 'proc',
    semantic: 'text',
    otel: 'process.executable.path',
  },
  process_command_line: {
    type: 'LowCardinality(String)',
    meaning: 'Command line, redacted and cut to 256 bytes.',
    source: 'proc',
    semantic: 'text',
    pii: 'possible',
    otel: 'process.command_line',
  },
  container_id: {
    type: 'LowCardinality(String)',
    meaning: 'Container of the process, from its cgroup; empty outside of one.',
    source: 'proc',
    semantic: 'container',
    otel: 'container.id',
  },
} as const satisfies Readonly<Record<string, Column>>;

/** Where the observed process runs in Kubernetes; all empty outside of it, with the reason. */
export const kubernetesColumns = {
  k8s_namespace_name: {
    type: 'LowCardinality(String)',
    meaning: 'Namespace of the pod; empty when the process is in none.',
    source: 'kubernetes',
    semantic: 'namespace',
    otel: 'k8s.namespace.name',
  },
  k8s_pod_name: {
    type: 'LowCardinality(String)',
    meaning: 'Pod of the process; empty when it is in none.',
    source: 'kubernetes',
    semantic: 'pod',
    otel: 'k8s.pod.name',
    codec: 'ZSTD(6)',
  },
  k8s_pod_uid: {
    type: 'LowCardinality(String)',
    meaning: 'UID of the pod, which no other pod ever has; known from the cgroup even where the name is not.',
    source: 'proc',
    semantic: 'identifier',
    otel: 'k8s.pod.uid',
    codec: 'ZSTD(6)',
  },
  k8s_container_name: {
    type: 'LowCardinality(String)',
    meaning: 'Container of the process, as the pod names it; empty when it is in none.',
    source: 'kubernetes',
    semantic: 'container',
    otel: 'k8s.container.name',
  },
  k8s_workload_kind: {
    type: 'LowCardinality(String)',
    meaning:
      'Kind of what made the pod, followed to the top, such as Deployment; Pod for one that nothing made.',
    source: 'kubernetes',
    semantic: 'text',
  },
  k8s_workload_name: {
    type: 'LowCardinality(String)',
    meaning: 'Name of what made the pod, followed to the top.',
    source: 'kubernetes',
    semantic: 'workload',
  },
  k8s_node_name: {
    type: 'LowCardinality(String)',
    meaning: 'Node that the process runs on; empty outside of a cluster.',
    source: 'kubernetes',
    semantic: 'node',
    otel: 'k8s.node.name',
  },
  k8s_service_name: {
    type: 'LowCardinality(String)',
    meaning: 'Kubernetes service that the pod serves; the first by name where there are several.',
    source: 'kubernetes',
    semantic: 'service',
    otel: 'k8s.service.name',
  },
  k8s_unresolved_reason: {
    type: 'LowCardinality(String)',
    meaning:
      'Why there is no pod: no_cluster, host_process (it runs on the node itself), pod_unknown (the API server did ' +
      'not tell of it in time), process_unknown (it had ended). Empty when there is one.',
    source: 'agent',
    semantic: 'reason',
  },
} as const satisfies Readonly<Record<string, Column>>;

/** What an address means to the one who sees it. */
export const peerKinds = ['unknown', 'pod', 'service', 'node', 'external', 'loopback'] as const;
export type PeerKind = (typeof peerKinds)[number];

/** What the other end's address says, at the time of the row. */
export const peerColumns = {
  peer_kind: {
    type: 'Enum8',
    values: peerKinds,
    meaning:
      "What the other end's address belongs to: a pod, a service (the address is translated on its way to a pod), " +
      'a node, loopback, or something outside of the cluster.',
    source: 'kubernetes',
    semantic: 'text',
  },
  peer_k8s_namespace_name: {
    type: 'LowCardinality(String)',
    meaning: 'Namespace of the pod or service at the other end.',
    source: 'kubernetes',
    semantic: 'namespace',
    visibility: 'peer',
  },
  peer_k8s_pod_name: {
    type: 'LowCardinality(String)',
    meaning: 'Pod at the other end; empty where only its service is known.',
    source: 'kubernetes',
    semantic: 'pod',
    visibility: 'peer',
    codec: 'ZSTD(6)',
  },
  peer_k8s_workload_kind: {
    type: 'LowCardinality(String)',
    meaning: 'Kind of what made that pod, followed to the top.',
    source: 'kubernetes',
    semantic: 'text',
    visibility: 'peer',
  },
  peer_k8s_workload_name: {
    type: 'LowCardinality(String)',
    meaning: 'Name of what made that pod, followed to the top.',
    source: 'kubernetes',
    semantic: 'workload',
    visibility: 'peer',
  },
  peer_k8s_node_name: {
    type: 'LowCardinality(String)',
    meaning: 'Node of the other end.',
    source: 'kubernetes',
    semantic: 'node',
    visibility: 'peer',
  },
  peer_k8s_service_name: {
    type: 'LowCardinality(String)',
    meaning: 'Kubernetes service that was asked for, or that the pod at the other end serves.',
    source: 'kubernetes',
    semantic: 'service',
    visibility: 'peer',
  },
  peer_unresolved_reason: {
    type: 'LowCardinality(String)',
    meaning:
      'Why nothing is known of the other end: no_cluster, not_yet_known (the collector had not told of it), ' +
      'external, address_unknown. Empty when something is.',
    source: 'agent',
    semantic: 'reason',
  },
} as const satisfies Readonly<Record<string, Column>>;

/** Both ends of a TCP connection. IPv4 is stored as v4-mapped IPv6. */
export const addressColumns = {
  client_address: {
    type: 'IPv6',
    meaning: 'Address of the end that opened the connection.',
    source: 'kernel',
    semantic: 'address',
    otel: 'client.address',
    codec: 'ZSTD(6)',
  },
  client_port: {
    type: 'UInt16',
    meaning: 'Port of the end that opened the connection.',
    source: 'kernel',
    semantic: 'port',
    otel: 'client.port',
    codec: 'ZSTD(6)',
  },
  server_address: {
    type: 'IPv6',
    meaning: 'Address of the end that accepted the connection.',
    source: 'kernel',
    semantic: 'address',
    otel: 'server.address',
    codec: 'ZSTD(6)',
  },
  server_port: {
    type: 'UInt16',
    meaning: 'Port of the end that accepted the connection.',
    source: 'kernel',
    semantic: 'port',
    otel: 'server.port',
  },
  role: {
    type: 'Enum8',
    values: ['unknown', 'client', 'server'],
    meaning: 'Which end the observed process is.',
    source: 'kernel',
    semantic: 'text',
  },
  connection_id: {
    type: 'UInt64',
    meaning:
      'Connection, the same on its requests, its close and its losses. Where its start was seen (top bit set): from ' +
      "TCP's initial sequence numbers, and so the same at both ends, whatever translates addresses; else counted by the agent.",
    source: 'kernel',
    semantic: 'identifier',
    codec: 'ZSTD(6)',
  },
} as const satisfies Readonly<Record<string, Column>>;
