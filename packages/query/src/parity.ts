/** What a script of Pixie's bundle asks, and where it is answered here. */
export interface ParityEntry {
  /** Its name in the bundle. */
  readonly script: string;
  readonly question: string;
  /** Views that answer it, each with the parameters that it takes for that. */
  readonly views: readonly string[];
  /** Other places that do: a route of the API. */
  readonly routes?: readonly string[];
  /** Data that no agent collects yet; empty when all of the script is answered. */
  readonly missing: string;
}

const resources = 'CPU, memory and disk I/O of processes (process_stats)';
const network = 'counters of network interfaces (network_stats)';
const profiles = 'samples of stacks (profiles)';

const protocolMissing = (protocol: string): string => `messages of ${protocol}`;
const there = (script: string, question: string, ...views: readonly string[]): ParityEntry => ({
  script,
  question,
  views,
  missing: '',
});
const partly = (
  script: string,
  question: string,
  missing: string,
  ...views: readonly string[]
): ParityEntry => ({
  script,
  question,
  views,
  missing,
});

/** Every script of Pixie's bundle `px`, and of its smaller ones. */
export const parity: readonly ParityEntry[] = [
  partly(
    'px/cluster',
    'What is in this cluster, and who asks whom?',
    resources,
    'edges',
    'nodes',
    'namespaces',
    'services',
    'pods',
    'entities',
  ),
  partly(
    'px/namespaces',
    'How much is going on in each namespace?',
    resources,
    'namespaces',
    'entities?kind=Pod',
  ),
  partly(
    'px/namespace',
    'Overview and service map of one namespace',
    resources,
    'edges?k8s_namespace_name=',
    'services?k8s_namespace_name=',
    'pods?k8s_namespace_name=',
  ),
  partly(
    'px/nodes',
    'How loaded is each node?',
    `${resources}; ${network}`,
    'nodes',
    'requests-over-time?by=node',
  ),
  partly(
    'px/node',
    'One node in detail',
    `${resources}; ${network}; ${profiles}`,
    'pods?k8s_node_name=',
    'requests-over-time?by=pod&k8s_node_name=',
    'processes?k8s_node_name=',
  ),
  partly(
    'px/pods',
    'Which pods of a namespace are slow, failing or heavy?',
    resources,
    'pods?k8s_namespace_name=',
    'requests-over-time?by=pod&k8s_namespace_name=',
    'pod-edges?k8s_namespace_name=',
  ),
  partly(
    'px/pod',
    'Everything about a pod',
    `${resources}; ${network}; ${profiles}`,
    'requests-over-time?k8s_pod_name=',
    'pod-edges?k8s_pod_name=',
    'processes?k8s_pod_name=',
    'syscalls?k8s_pod_name=',
    'entities?kind=Pod&name=',
    'k8s-events?object_name=',
  ),
  partly(
    'px/services',
    'Rate, errors and duration of all services of a namespace',
    resources,
    'services?k8s_namespace_name=',
    'requests-over-time?by=service&k8s_namespace_name=',
    'edges?k8s_namespace_name=',
  ),
  there(
    'px/service',
    'One service, and its slow requests',
    'requests-over-time?service_name=',
    'pods',
    'edges?service_name=',
    'slow-requests?service_name=',
  ),
  there(
    'px/service_stats',
    'One service with its neighbours',
    'requests-over-time?service_name=',
    'status-codes?service_name=',
    'request-durations?service_name=',
    'edges?service_name=',
  ),
  there(
    'px/service_edge_stats',
    'Duration and errors between two services',
    'edges?service_name=',
    'requests-over-time?filter=service_name=A and peer_service_name=B',
  ),
  there(
    'px/pod_edge_stats',
    'The same between two pods',
    'pod-edges?k8s_pod_name=',
    'requests-over-time?filter=k8s_pod_name=A and peer_k8s_pod_name=B',
    'request-durations?filter=k8s_pod_name=A and peer_k8s_pod_name=B',
  ),
  partly('px/service_resource_usage', 'CPU, memory and HTTP by service', resources, 'services'),
  partly('px/pod_lifetime_resource', 'CPU and I/O of a pod over its life', resources),
  partly('px/pod_memory_usage', 'Memory by pod over time', resources),
  partly('px/pid_memory_usage', 'Memory by process', resources),
  there('px/upids', 'Which processes run in a namespace?', 'processes?k8s_namespace_name='),
  partly('px/network_stats', 'Counters of the pods’ interfaces', network),
  there('px/net_flow_graph', 'Who sends bytes to whom?', 'net-flow-graph'),
  there('px/ip', 'Which pods talk to this address?', 'address?address='),
  there('px/inbound_conns', 'Connections from outside', 'inbound-connections'),
  there('px/outbound_conns', 'Connections to outside', 'outbound-connections'),
  there('px/http_data', 'Recent HTTP requests', 'requests'),
  there('px/http_data_filtered', 'The same by service, pod, path and status', 'requests?filter='),
  there('px/http_request_stats', 'Quantiles and rate by service', 'services'),
  there('px/http_post_requests', 'Some POST requests', 'requests?method=POST'),
  there('px/http_trace_id', 'Requests that carry a trace header', 'traces', 'requests?trace_id='),
  there('px/slow_http_requests', 'Some slow requests by service', 'slow-requests'),
  there('px/largest_http_request', 'The biggest request', 'largest-requests?limit=1'),
  there('px/most_http_data', 'Which endpoint moves the most bytes?', 'endpoints'),
  ...['dns_data', 'dns_flow_graph', 'dns_query_summary'].map((name) =>
    partly(`px/${name}`, 'Names that are looked up, and how', protocolMissing('DNS')),
  ),
  ...(
    [
      ['mysql', 'MySQL'],
      ['pgsql', 'PostgreSQL'],
      ['redis', 'Redis'],
      ['cql', 'Cassandra'],
      ['mongodb', 'MongoDB'],
      ['kafka', 'Kafka'],
      ['nats', 'NATS'],
      ['mux', 'Mux'],
      ['amqp', 'AMQP'],
    ] as const
  ).map(([name, protocol]) =>
    partly(`px/${name}_data`, `Recent messages of ${protocol}`, protocolMissing(protocol)),
  ),
  ...(
    [
      ['mysql', 'MySQL'],
      ['pgsql', 'PostgreSQL'],
      ['redis', 'Redis'],
      ['cql', 'Cassandra'],
    ] as const
  ).flatMap(([name, protocol]) => [
    partly(`px/${name}_flow_graph`, `Who uses ${protocol}, and how slow is it?`, protocolMissing(protocol)),
    partly(`px/${name}_stats`, `Rate, errors and duration of ${protocol}`, protocolMissing(protocol)),
  ]),
  partly('px/sql_queries', 'The most frequent statements', protocolMissing('MySQL and PostgreSQL')),
  partly('px/sql_query', 'Parameters of one statement', protocolMissing('MySQL and PostgreSQL')),
  partly('px/kafka_overview', 'Topics, brokers, producers and consumers', protocolMissing('Kafka')),
  partly('px/kafka_producer_consumer_latency', 'Does a consumer fall behind?', protocolMissing('Kafka')),
  partly('px/kafka_consumer_rebalancing', 'Rebalancing of consumers', protocolMissing('Kafka')),
  partly('px/jvm_stats', 'Collections and heap by pod', 'state of Java machines (runtime_stats)'),
  partly('px/jvm_data', 'Heap of the last minute', 'state of Java machines (runtime_stats)'),
  partly('px/perf_flamegraph', 'Where is CPU spent?', profiles),
  partly('px/differential_flamegraph', 'What differs between two pods?', profiles),
  there(
    'px/agent_status',
    'Do the agents live, and of which version are they?',
    'agents',
    'agents-over-time',
  ),
  there(
    'px/agent_status_diagnostics',
    'Which agents lack what?',
    'probes?filter=state != attached',
    'cost-of-observing',
  ),
  partly('px/collect_agent_heaps', 'Heaps of the agents', 'dumps of the agents’ heaps'),
  there(
    'px/stirling_errors',
    'Which probes failed, and on which node?',
    'probes?state=failed',
    'loss-summary',
    'loss',
  ),
  partly(
    'px/tracepoint_status',
    'State of probes that were asked for',
    'probes that a person asks for while it runs',
    'probes',
  ),
  {
    ...there('px/schemas', 'Which tables and columns are there?'),
    routes: ['GET /api/v1/schemas', 'GET /api/v1/views'],
  },
  partly(
    'px/funcs',
    'Which functions are there?',
    'a list of ClickHouse’s functions: SQL has them all, the API does not list them',
  ),
  partly(
    'px/pixie_quality_metrics',
    'Is what was collected sane?',
    `${protocolMissing('MySQL')}; ${resources}; state of Java machines`,
    'data-quality',
    'coverage',
  ),
  there('pxbeta/service_endpoints', 'Rate, errors and duration by endpoint', 'endpoints?service_name='),
  there(
    'pxbeta/service_endpoint',
    'One endpoint',
    'slow-requests?service_name=',
    'deploy-comparison?service_name=',
    'requests?filter=path startswith "/…"',
  ),
  partly(
    'pxbeta/pii_cluster_egress',
    'Personal data that leaves the cluster',
    'what redaction found, by kind',
    'outbound-connections',
  ),
  partly('pxbeta/vfs_snoop', 'Files that are written and deleted', 'file events'),
  partly('bpftrace/tcp_drops', 'Segments that the kernel drops', 'TCP events (tcp_events)'),
  there('bpftrace/tcp_retransmits', 'Segments that are sent again, by both pods', 'tcp-retransmits'),
  partly(
    'bpftrace/oom_kill',
    'Processes that ran out of memory',
    'kills by the kernel for want of memory',
    'process-events?exit_signal=9',
    'k8s-events?reason=OOMKilling',
  ),
  there('bpftrace/exec_snoop', 'Programs that are run', 'process-events?event=exec'),
  ...['capable', 'dc_snoop', 'md_flush', 'nap_time', 'sync_snoop', 'socket_size'].map((name) =>
    partly(
      `bpftrace/${name}`,
      'One kind of event of the kernel',
      'events of the kernel that a person asks for while it runs',
    ),
  ),
  ...['dns_external_fqdn_list', 'dns_queries_filtered'].map((name) =>
    partly(`sotw/${name}`, 'Names that are looked up', protocolMissing('DNS')),
  ),
];
