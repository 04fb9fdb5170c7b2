import type { Random } from '@tomte/testkit';

/** 2026-01-15 10:00:00 UTC. */
export const firstHourMs = Date.UTC(2026, 0, 15, 10);
/** Rows lie in the half hour before the second hour and the 80 minutes after it. */
const fromMs = firstHourMs + 30 * 60_000;
export const untilMs = firstHourMs + 140 * 60_000;

/** As ClickHouse reads it. */
function timeText(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
}

const common = { agent_id: 'agent-1', host_name: 'node-1', spool_id: '7', batch_seq: 1 };
const addresses = {
  client_address: '::ffff:10.0.0.1',
  client_port: 40_000,
  server_address: '::ffff:10.0.0.2',
  server_port: 8080,
};

type Rows = Readonly<Record<string, readonly object[]>>;

/** Traffic of two services, seen at both ends or at one, with rests; what their processes and the agent told beside it. */
export function metricRows(random: Random): Rows {
  return {
    requests: requestRows(random),
    connections: everySeconds(47, (timeMs, index) => ({
      ...common,
      ...addresses,
      end_time: timeText(timeMs),
      end_reason: index % 5 === 0 ? 'reset' : 'closed',
      service_name: index % 2 === 0 ? 'cart' : 'frontend',
      k8s_namespace_name: 'shop',
      sent_bytes: random.below(10_000),
      received_bytes: random.below(10_000),
      retransmitted_segments: random.below(3),
      role: 'client',
    })),
    syscall_stats: everySeconds(10, (timeMs, index) => ({
      ...common,
      interval_start: timeText(timeMs),
      interval_ns: '10000000000',
      syscall: index % 2 === 0 ? 'read' : 'write',
      call_count: random.below(1_000),
      error_count: random.below(3),
      total_ns: random.below(1_000_000_000),
      service_name: 'cart',
      k8s_namespace_name: 'shop',
    })),
    agent_status: everySeconds(5, (timeMs, index) => ({
      ...common,
      time: timeText(timeMs),
      // It is silent for a quarter of an hour, then begins anew.
      captured_events: index < 400 ? 100 * index : 70 * (index - 400),
      rss_bytes: 100_000_000 + random.below(1_000_000),
      cpu_millicores: random.below(50),
      governor_step: 'bodies',
    })).filter((_, index) => index < 400 || index >= 580),
    loss: [
      {
        ...common,
        start_time: timeText(firstHourMs + 45 * 60_000),
        end_time: timeText(firstHourMs + 46 * 60_000),
        source: 'socket_data',
        reason: 'ring_full',
        events: 9,
        bytes: 900,
        detail: 'counted in the kernel',
      },
      {
        ...common,
        start_time: timeText(firstHourMs + 45 * 60_000),
        end_time: timeText(firstHourMs + 46 * 60_000),
        source: 'socket_data',
        reason: 'ring_full',
        events: 9,
        bytes: 900,
        connection_id: '5',
      },
      {
        ...common,
        start_time: timeText(firstHourMs + 65 * 60_000),
        end_time: timeText(firstHourMs + 66 * 60_000),
        source: 'requests',
        reason: 'parser_limit',
        events: 4,
      },
    ],
  };
}

function everySeconds(seconds: number, rowOf: (timeMs: number, index: number) => object): readonly object[] {
  const count = Math.floor((untilMs - fromMs) / (seconds * 1_000));
  return Array.from({ length: count }, (_, index) => rowOf(fromMs + index * seconds * 1_000, index));
}

const statuses = [200, 200, 200, 200, 204, 404, 500];

function requestRows(random: Random): readonly object[] {
  const rows: object[] = [];
  for (let timeMs = fromMs; timeMs < untilMs; timeMs += 1 + random.below(6_000)) {
    const minute = Math.floor((timeMs - firstHourMs) / 60_000);
    if (minute >= 70 && minute < 82) continue; // A rest.
    rows.push(...exchangeRows(timeMs, rows.length, random));
  }
  return rows;
}

function exchangeRows(timeMs: number, index: number, random: Random): readonly object[] {
  const status = random.pick(statuses);
  const isLost = random.below(20) === 0;
  const exchange = {
    ...common,
    ...addresses,
    start_time: timeText(timeMs),
    // Times lie on bounds of buckets as well as between them.
    duration_ns: isLost ? null : random.below(4) === 0 ? 25_000_000 : 1_000 * (1 + random.below(900_000)),
    exchange_index: index,
    connection_id: '9223372036854775809',
    protocol: 'http',
    method: random.pick(['GET', 'GET', 'POST']),
    host: 'cart.example',
    path: '/',
    status_code: isLost ? null : status,
    outcome: isLost ? 'not_observed' : status >= 500 ? 'server_error' : status >= 400 ? 'client_error' : 'ok',
    request_bytes: 100 + random.below(50),
    response_bytes: 1_000 + random.below(500),
  };
  const server = {
    ...exchange,
    role: 'server',
    service_name: 'cart',
    k8s_namespace_name: 'shop',
    peer_service_name: 'frontend',
    peer_k8s_namespace_name: 'shop',
  };
  const client = {
    ...exchange,
    start_time: timeText(timeMs - 1),
    role: 'client',
    service_name: 'frontend',
    k8s_namespace_name: 'shop',
    peer_service_name: 'cart',
    peer_k8s_namespace_name: 'shop',
  };
  const outside = {
    ...client,
    connection_id: '7',
    peer_service_name: '',
    peer_k8s_namespace_name: '',
    host: 'pay.example',
  };
  return random.pick([[server, client], [server, client], [server], [outside]]);
}
