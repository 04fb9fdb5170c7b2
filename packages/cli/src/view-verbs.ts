/** An option that becomes parameters of the API. `VALUE` in a parameter stands for what was given. */
export interface VerbOption {
  readonly flags: string;
  readonly meaning: string;
  readonly parameters: readonly (readonly [string, string])[];
}

/** A verb that shows a view. Data alone, so that help and reference pages load nothing else. */
export interface ViewVerb {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly VerbOption[];
  /** Columns of the table; those of `wide` follow with --wide. */
  readonly columns: readonly string[];
  readonly wide: readonly string[];
  readonly flexible: readonly string[];
  readonly examples: readonly string[];
  readonly canFollow?: boolean;
  /** Any view by its name: columns are shown as far as they reach. */
  readonly isAnyView?: boolean;
}

const service: VerbOption = {
  flags: '--service <name>',
  meaning: 'only this service',
  parameters: [['service_name', 'VALUE']],
};

const red = [
  'request_count',
  'requests_per_second',
  'error_ratio',
  'duration_p50_ns',
  'duration_p90_ns',
  'duration_p99_ns',
];

export const viewVerbs: readonly ViewVerb[] = [
  {
    name: 'requests',
    summary: 'list requests, the newest first',
    options: [
      service,
      {
        flags: '--peer <name>',
        meaning: 'only with this service at the other end',
        parameters: [['peer_service_name', 'VALUE']],
      },
      { flags: '--method <name>', meaning: 'only this method', parameters: [['method', 'VALUE']] },
      {
        flags: '--path <prefix>',
        meaning: 'only paths that start so',
        parameters: [['path.prefix', 'VALUE']],
      },
      { flags: '--status <code>', meaning: 'only this status', parameters: [['status_code', 'VALUE']] },
      {
        flags: '--errors',
        meaning: 'only server errors, aborted and timed out',
        parameters: [['outcome.in', 'server_error,aborted,timed_out']],
      },
      {
        flags: '--slower <duration>',
        meaning: 'only those that took at least so long (250ms)',
        parameters: [['duration_ns.ge', 'VALUE']],
      },
      {
        flags: '--each-side',
        meaning: 'both rows of a request that was seen at both ends',
        parameters: [['sides', 'each']],
      },
      {
        flags: '--open',
        meaning: 'requests that have not ended, as the agents follow them now',
        parameters: [['state', 'open']],
      },
    ],
    columns: [
      'start_time',
      'k8s_namespace_name',
      'service_name',
      'method',
      'host',
      'path',
      'status_code',
      'outcome',
      'duration_ns',
      'response_body_bytes',
      'encrypted',
    ],
    wide: [
      'k8s_pod_name',
      'k8s_node_name',
      'peer_service_name',
      'peer_k8s_namespace_name',
      'peer_k8s_pod_name',
      'time_to_first_byte_ns',
      'request_body_bytes',
      'client_address',
      'client_port',
      'server_port',
      'role',
      'pid',
      'missing_reason',
      'trace_id',
      'id',
    ],
    flexible: ['path', 'host'],
    examples: [
      'tomte requests --since 5m --errors',
      'tomte requests --follow --service nginx --slower 250ms',
      'tomte requests --filter \'status_code >= 500 and not path startswith "/health"\'',
      "tomte requests --where 'request_headers[user-agent].contains=curl' --where status_code.ge=400",
      'tomte requests --json --limit 1000 | jq .data[].path',
    ],
    canFollow: true,
  },
  {
    name: 'services',
    summary: 'rate, errors and duration of each service',
    options: [service],
    columns: ['k8s_namespace_name', 'service_name', 'protocol', ...red],
    wide: ['error_count', 'client_error_count', 'duration_sample_count', 'request_bytes', 'response_bytes'],
    flexible: ['service_name'],
    examples: ['tomte services --since 1h'],
  },
  {
    name: 'edges',
    summary: 'rate, errors and duration from service to service',
    options: [service],
    columns: [
      'client_namespace_name',
      'client_service_name',
      'server_namespace_name',
      'server_service_name',
      'protocol',
      'encrypted',
      ...red,
    ],
    wide: ['error_count', 'client_error_count', 'request_bytes', 'response_bytes'],
    flexible: ['client_service_name', 'server_service_name'],
    examples: ['tomte edges --since 1h'],
  },
  {
    name: 'connections',
    summary: 'list TCP connections that ended or failed',
    options: [
      service,
      {
        flags: '--failed',
        meaning: 'only those that never came to be',
        parameters: [['end_reason', 'connect_failed']],
      },
    ],
    columns: [
      'end_time',
      'k8s_namespace_name',
      'service_name',
      'role',
      'client_address',
      'client_port',
      'server_address',
      'server_port',
      'end_reason',
      'duration_ns',
      'sent_bytes',
      'received_bytes',
      'protocol',
      'tls_state',
    ],
    wide: [
      'k8s_pod_name',
      'k8s_node_name',
      'error_number',
      'retransmitted_segments',
      'round_trip_ns',
      'connect_ns',
      'tls_server_name',
      'pid',
    ],
    flexible: ['service_name'],
    examples: ['tomte connections --failed --since 1h'],
  },
  {
    name: 'syscalls',
    summary: 'count, errors and time of system calls by process',
    options: [
      service,
      { flags: '--pid <number>', meaning: 'only this process', parameters: [['pid', 'VALUE']] },
    ],
    columns: [
      'service_name',
      'pid',
      'syscall',
      'call_count',
      'error_count',
      'error_ratio',
      'total_ns',
      'mean_ns',
      'max_ns',
    ],
    wide: ['host_name', 'process_name'],
    flexible: ['service_name'],
    examples: ['tomte syscalls --service nginx'],
  },
  {
    name: 'processes',
    summary: 'list processes that were seen',
    options: [service],
    columns: [
      'last_event_time',
      'pid',
      'parent_pid',
      'process_name',
      'last_event',
      'exit_code',
      'exit_signal',
      'process_command_line',
    ],
    wide: ['host_name', 'process_start_time', 'process_executable', 'container_id', 'service_name'],
    flexible: ['process_command_line'],
    examples: ['tomte processes --since 1h'],
  },
  {
    name: 'loss',
    summary: 'list what was lost, where and why',
    options: [{ flags: '--reason <name>', meaning: 'only this reason', parameters: [['reason', 'VALUE']] }],
    columns: ['start_time', 'end_time', 'source', 'reason', 'events', 'bytes', 'detail'],
    wide: ['agent_id', 'connection_id', 'direction', 'first_byte'],
    flexible: ['detail'],
    examples: ['tomte loss --since 1d --json'],
  },
  {
    name: 'agents',
    summary: 'the last state of each agent',
    options: [],
    columns: [
      'agent_id',
      'host_name',
      'version',
      'time',
      'governor_step',
      'cpu_millicores',
      'rss_bytes',
      'captured_events',
      'dropped_events',
      'emitted_requests',
      'spool_bytes',
    ],
    wide: [
      'started_at',
      'boot_id',
      'captured_bytes',
      'dropped_bytes',
      'open_requests',
      'open_connections',
      'spool_batches',
      'resent_batches',
    ],
    flexible: ['agent_id'],
    examples: ['tomte agents'],
  },
  {
    name: 'probes',
    summary: 'how each probe of each agent stands',
    options: [{ flags: '--failed', meaning: 'only those that failed', parameters: [['state', 'failed']] }],
    columns: ['agent_id', 'probe', 'target', 'state', 'method', 'detail'],
    wide: ['time', 'host_name', 'boot_id'],
    flexible: ['detail', 'target'],
    examples: ['tomte probes --failed --since 1d'],
  },
];
