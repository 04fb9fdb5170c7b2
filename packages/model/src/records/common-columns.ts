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
    meaning: "Connection, unique within the agent's boot; the same on its requests and its close.",
    source: 'kernel',
    semantic: 'identifier',
    codec: 'ZSTD(6)',
  },
} as const satisfies Readonly<Record<string, Column>>;
