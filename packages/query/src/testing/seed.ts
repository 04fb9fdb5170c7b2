/** A small cluster in one quarter of an hour, by hand: what each view says of it can be counted on paper. */

/** Rows as JSON by table, as ClickHouse takes them. */
export type Seed = Readonly<Record<string, readonly object[]>>;

export const seedRange = { from: '2026-01-15T10:00:00Z', to: '2026-01-15T10:15:00Z' } as const;

const at = (second: number): string =>
  `2026-01-15 10:${String(Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')}.000000000`;
const delivery = {
  agent_id: 'agent-1',
  host_name: 'node-1',
  spool_id: '7',
  batch_seq: '1',
  k8s_cluster_name: 'test',
};

const frontend = {
  service_name: 'frontend',
  k8s_namespace_name: 'shop',
  k8s_pod_name: 'frontend-1',
  k8s_pod_uid: 'uid-frontend-1',
  k8s_container_name: 'app',
  k8s_workload_kind: 'Deployment',
  k8s_workload_name: 'frontend',
  k8s_node_name: 'node-1',
  k8s_service_name: 'frontend',
};
const cart = {
  service_name: 'cart',
  k8s_namespace_name: 'shop',
  k8s_pod_name: 'cart-1',
  k8s_pod_uid: 'uid-cart-1',
  k8s_container_name: 'app',
  k8s_workload_kind: 'Deployment',
  k8s_workload_name: 'cart',
  k8s_node_name: 'node-2',
  k8s_service_name: 'cart',
};

/** The same as the other end sees it. */
function asPeer(one: typeof frontend): object {
  return {
    peer_service_name: one.service_name,
    peer_kind: 'pod',
    peer_k8s_namespace_name: one.k8s_namespace_name,
    peer_k8s_pod_name: one.k8s_pod_name,
    peer_k8s_workload_kind: one.k8s_workload_kind,
    peer_k8s_workload_name: one.k8s_workload_name,
    peer_k8s_node_name: one.k8s_node_name,
    peer_k8s_service_name: one.k8s_service_name,
  };
}

const toCart = {
  client_address: '::ffff:10.0.0.1',
  client_port: 40_000,
  server_address: '::ffff:10.0.0.2',
  server_port: 8080,
};

interface Exchange {
  readonly second: number;
  readonly path: string;
  readonly status?: number;
  readonly durationMs?: number;
  readonly method?: string;
  readonly traceId?: string;
}

/** Both ends of an exchange from the frontend to the cart. */
function toCartBoth(one: Exchange, index: number): readonly object[] {
  const { second, path, status = 200, durationMs = 10, method = 'GET', traceId = '' } = one;
  const row = {
    ...delivery,
    ...toCart,
    start_time: at(second),
    duration_ns: durationMs * 1_000_000,
    request_transfer_ns: 1_000_000,
    time_to_first_byte_ns: (durationMs - 2) * 1_000_000,
    exchange_index: index,
    connection_id: '9223372036854775809',
    protocol: 'http',
    protocol_version: '1.1',
    method,
    host: 'cart',
    path,
    status_code: status,
    outcome: status >= 500 ? 'server_error' : status >= 400 ? 'client_error' : 'ok',
    request_bytes: 100,
    response_bytes: 1_000 + index,
    trace_id: traceId,
    pid: 20,
    process_name: 'app',
  };
  return [
    { ...row, ...frontend, ...asPeer(cart), role: 'client', pid: 10 },
    { ...row, ...cart, ...asPeer(frontend), role: 'server' },
  ];
}

/** 60 products by name, 20 orders by number of which two fail, one slow, one trace of two. */
const exchanges: readonly Exchange[] = [
  ...Array.from({ length: 60 }, (_, index) => ({ second: 10 * index, path: `/products/${nameOf(index)}` })),
  ...Array.from({ length: 20 }, (_, index) => ({
    second: 5 + 30 * index,
    path: `/orders/${1_000 + index}/items`,
    status: index % 10 === 9 ? 503 : 200,
  })),
  { second: 700, path: '/orders/77/items', durationMs: 480 },
  {
    second: 710,
    path: '/checkout',
    method: 'POST',
    status: 404,
    traceId: '0af7651916cd43dd8448eb211c80319c',
  },
  { second: 711, path: '/checkout', method: 'POST', traceId: '0af7651916cd43dd8448eb211c80319c' },
];

/** Letters only: no rule knows them, the number of them does. */
function nameOf(index: number): string {
  return `thing-${String.fromCharCode(97 + (index % 26))}${String.fromCharCode(97 + Math.floor(index / 26))}`;
}

/** Asked from outside, and of a peer that was found only later: 10.0.0.9 was one pod until 10:05, then another. */
const others: readonly object[] = [
  {
    ...delivery,
    ...frontend,
    start_time: at(60),
    duration_ns: 5_000_000,
    exchange_index: 0,
    connection_id: '5',
    protocol: 'http',
    method: 'GET',
    host: 'shop.example',
    path: '/',
    status_code: 200,
    outcome: 'ok',
    role: 'server',
    client_address: '::ffff:203.0.113.7',
    client_port: 50_000,
    server_address: '::ffff:10.0.0.1',
    server_port: 80,
    peer_kind: 'external',
    peer_unresolved_reason: 'external',
    pid: 10,
    process_name: 'app',
    encrypted: true,
  },
  ...[100, 200, 400].map((second, index) => ({
    ...delivery,
    ...frontend,
    start_time: at(second),
    duration_ns: 5_000_000,
    exchange_index: index,
    connection_id: '6',
    protocol: 'http',
    method: 'GET',
    host: '10.0.0.9:9090',
    path: '/ready',
    status_code: 200,
    outcome: 'ok',
    role: 'client',
    client_address: '::ffff:10.0.0.1',
    client_port: 41_000,
    server_address: '::ffff:10.0.0.9',
    server_port: 9090,
    peer_unresolved_reason: 'not_yet_known',
    pid: 10,
    process_name: 'app',
  })),
];

const pod = (name: string, uid: string, address: string, more: object = {}): object => ({
  k8s_cluster_name: 'test',
  kind: 'Pod',
  uid,
  k8s_namespace_name: 'shop',
  name,
  k8s_node_name: 'node-1',
  addresses: [address],
  k8s_workload_kind: 'Deployment',
  k8s_workload_name: name.replace(/-\d$/, ''),
  valid_from: '2026-01-15 09:00:00.000000000',
  valid_to: '1970-01-01 00:00:00.000000000',
  observed: '2026-01-15 09:00:01.000000000',
  ...more,
});

const connection = (more: object): object => ({
  ...delivery,
  ...frontend,
  ...toCart,
  role: 'client',
  protocol: 'http',
  tls_state: 'plain',
  end_reason: 'closed',
  connection_id: '1',
  duration_ns: 1_000_000_000,
  sent_bytes: 1_000,
  received_bytes: 20_000,
  pid: 10,
  process_name: 'app',
  ...more,
});

export const seed: Seed = {
  requests: [...exchanges.flatMap(toCartBoth), ...others],
  connections: [
    connection({ end_time: at(600), ...asPeer(cart), connect_ns: 200_000, round_trip_ns: 150_000 }),
    connection({ end_time: at(601), ...cart, ...asPeer(frontend), role: 'server' }),
    connection({
      end_time: at(610),
      connection_id: '2',
      end_reason: 'connect_failed',
      error_number: 111,
      sent_bytes: 0,
      received_bytes: 0,
      duration_ns: null,
      ...asPeer(cart),
    }),
    connection({
      end_time: at(620),
      connection_id: '3',
      server_address: '::ffff:198.51.100.4',
      server_port: 443,
      tls_state: 'unbound',
      tls_version: '1.3',
      tls_server_name: 'pay.example',
      encrypted: true,
      protocol: '',
      peer_kind: 'external',
      retransmitted_segments: 3,
    }),
    connection({
      end_time: at(630),
      connection_id: '5',
      role: 'server',
      client_address: '::ffff:203.0.113.7',
      client_port: 50_000,
      server_address: '::ffff:10.0.0.1',
      server_port: 80,
      tls_state: 'decrypted',
      encrypted: true,
      peer_kind: 'external',
    }),
  ],
  syscall_stats: [0, 10, 20].map((second) => ({
    ...delivery,
    ...frontend,
    interval_start: at(second),
    interval_ns: 10_000_000_000,
    syscall: second === 20 ? 'write' : 'read',
    call_count: 100,
    error_count: 7,
    total_ns: 5_000_000,
    max_ns: 90_000 + second,
    pid: 10,
    process_name: 'app',
  })),
  process_events: [
    {
      ...delivery,
      ...frontend,
      time: at(1),
      event: 'exec',
      pid: 10,
      parent_pid: 1,
      process_name: 'app',
      process_executable: '/app',
    },
    {
      ...delivery,
      ...frontend,
      time: at(800),
      event: 'exit',
      pid: 10,
      parent_pid: 1,
      process_name: 'app',
      exit_code: 3,
    },
  ],
  agent_status: [0, 300, 600].map((second, index) => ({
    ...delivery,
    time: at(second),
    boot_id: 'boot-1',
    started_at: at(0),
    version: '1.2.3',
    governor_step: index === 1 ? 'headers' : 'bodies',
    cpu_millicores: 20 + index,
    rss_bytes: 100_000_000 + index,
    captured_events: 1_000 * index,
    captured_bytes: 50_000 * index,
    dropped_events: 5 * index,
    emitted_requests: 100 * index,
  })),
  probe_status: [
    {
      ...delivery,
      time: at(1),
      boot_id: 'boot-1',
      probe: 'call_return',
      target: 'kernel',
      state: 'attached',
      method: 'tracepoint',
    },
    {
      ...delivery,
      time: at(2),
      boot_id: 'boot-1',
      probe: 'SSL_write',
      target: '/lib/libssl.so.3',
      state: 'failed',
      detail: 'no symbol',
    },
  ],
  loss: [
    {
      ...delivery,
      start_time: at(30),
      end_time: at(31),
      source: 'socket_data',
      reason: 'ring_full',
      events: 11,
      bytes: 1_300,
    },
    {
      ...delivery,
      start_time: at(40),
      end_time: at(50),
      source: 'socket_data',
      reason: 'agent_down',
      events: null,
      bytes: null,
    },
  ],
  k8s_entities: [
    pod('frontend-1', 'uid-frontend-1', '::ffff:10.0.0.1'),
    pod('cart-1', 'uid-cart-1', '::ffff:10.0.0.2', { k8s_node_name: 'node-2' }),
    pod('old-1', 'uid-old-1', '::ffff:10.0.0.9', { valid_to: at(300), observed: at(301) }),
    pod('young-1', 'uid-young-1', '::ffff:10.0.0.9', { valid_from: at(310) }),
  ],
  k8s_events: [
    {
      time: at(320),
      first_time: at(310),
      k8s_cluster_name: 'test',
      uid: 'event-1',
      event_count: 2,
      type: 'Warning',
      reason: 'BackOff',
      message: 'Back-off restarting failed container',
      k8s_namespace_name: 'shop',
      object_kind: 'Pod',
      object_name: 'young-1',
      object_uid: 'uid-young-1',
      component: 'kubelet',
      k8s_node_name: 'node-1',
      observed: at(321),
    },
  ],
};

/** Rows of other hours and days, which no question about the quarter may look at. */
export const fillers: readonly string[] = [
  `INSERT INTO requests (start_time, duration_ns, service_name, method, path, status_code, outcome, role, protocol, exchange_index, connection_id, spool_id, batch_seq)
   SELECT toDateTime64('2026-01-13 00:00:00', 9, 'UTC') + toIntervalSecond(intDiv(number, 2) * 3), 1000000, ['frontend', 'cart', 'other'][1 + number % 3], 'GET', '/x', 200, 'ok', 'server', 'http', number, 1, 8, 1 + intDiv(number, 1000)
   FROM numbers(57600) SETTINGS max_insert_threads = 1, max_block_size = 100000`,
  `INSERT INTO requests (start_time, duration_ns, service_name, method, path, status_code, outcome, role, protocol, exchange_index, connection_id, spool_id, batch_seq)
   SELECT toDateTime64('2026-01-15 11:00:00', 9, 'UTC') + toIntervalMillisecond(number * 400), 1000000, ['frontend', 'cart', 'other'][1 + number % 3], 'GET', '/x', 200, 'ok', 'server', 'http', number, 1, 8, 100 + intDiv(number, 1000)
   FROM numbers(100000) SETTINGS max_insert_threads = 1, max_block_size = 200000`,
  ...['connections', 'syscall_stats', 'process_events'].map((table) => {
    const time = { connections: 'end_time', syscall_stats: 'interval_start', process_events: 'time' }[table];
    return `INSERT INTO ${table} (${time}, service_name, spool_id, batch_seq)
      SELECT toDateTime64('2026-01-13 00:00:00', 9, 'UTC') + toIntervalSecond(number * 3), ['frontend', 'cart', 'other'][1 + number % 3], 8, 1
      FROM numbers(28800) SETTINGS max_insert_threads = 1, max_block_size = 100000`;
  }),
];
