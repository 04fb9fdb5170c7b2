import type { TimedSeries } from '@tomte/testkit';

/** Rows of a statement, columns by name. */
export type AskSql = (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;

const GRID_SECONDS = 15;

/** A metric said once more, in SQL of its own, for rows of one hour of which every server was observed. */
interface Family {
  readonly name: string;
  readonly table: string;
  readonly time: string;
  readonly where?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What a step of the grid adds: one value, or those of a histogram. */
  readonly value: string | 'histogram';
  /** Of gauges: the value is what the last row of the step says, or 1 while there are rows. */
  readonly gauge?: 'last' | 'presence';
}

/** The boundaries that OpenTelemetry's semantic conventions give durations of HTTP requests, in seconds. */
export const boundsSeconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

const served = { service_name: 'service_name', k8s_namespace_name: 'k8s_namespace_name' };
const http = {
  http_request_method: 'method',
  http_response_status_code: "ifNull(toString(status_code), '')",
};
const agent = { agent_id: 'agent_id', host_name: 'host_name' };
const requests = { table: 'requests', time: 'start_time' };
const connections = { table: 'connections', time: 'end_time', labels: served };
const syscalls = {
  table: 'syscall_stats',
  time: 'interval_start',
  labels: { ...served, syscall: 'syscall' },
};
const status = { table: 'agent_status', time: 'time', labels: agent, gauge: 'last' } as const;
const lost = {
  table: 'loss',
  time: 'start_time',
  where: "(detail = 'counted in the kernel' OR source NOT IN ('socket_data', 'tls_data'))",
  labels: { reason: 'reason', source: 'source' },
};

const families: readonly Family[] = [
  {
    ...requests,
    name: 'http_server_request_duration_seconds',
    where: "role = 'server' AND protocol = 'http' AND duration_ns IS NOT NULL",
    labels: { ...served, ...http },
    value: 'histogram',
  },
  {
    ...requests,
    name: 'http_client_request_duration_seconds',
    where: "role = 'client' AND protocol = 'http' AND duration_ns IS NOT NULL",
    labels: {
      ...served,
      ...http,
      peer_service_name: "if(peer_service_name = '', host, peer_service_name)",
      peer_k8s_namespace_name: 'peer_k8s_namespace_name',
    },
    value: 'histogram',
  },
  {
    ...requests,
    name: 'tomte_requests_total',
    where: "role = 'server'",
    labels: { ...served, network_protocol_name: 'toString(protocol)', outcome: 'toString(outcome)' },
    value: 'count()',
  },
  ...['request', 'response'].map((side): Family => ({
    ...requests,
    name: `tomte_${side}_bytes_total`,
    where: "role = 'server'",
    labels: served,
    value: `sum(${side}_bytes)`,
  })),
  {
    ...connections,
    name: 'tomte_connections_total',
    labels: { ...served, end_reason: 'toString(end_reason)' },
    value: 'count()',
  },
  { ...connections, name: 'tomte_connection_sent_bytes_total', value: 'sum(sent_bytes)' },
  { ...connections, name: 'tomte_connection_received_bytes_total', value: 'sum(received_bytes)' },
  {
    ...connections,
    name: 'tomte_connection_retransmitted_segments_total',
    value: 'sum(retransmitted_segments)',
  },
  { ...syscalls, name: 'tomte_syscalls_total', value: 'sum(call_count)' },
  { ...syscalls, name: 'tomte_syscall_errors_total', value: 'sum(error_count)' },
  { ...syscalls, name: 'tomte_syscall_seconds_total', value: 'sum(total_ns) / 1e9' },
  { ...status, name: 'tomte_agent_up', value: '1', gauge: 'presence' },
  { ...status, name: 'tomte_agent_memory_bytes', value: 'argMax(rss_bytes, time)' },
  { ...status, name: 'tomte_agent_cpu_cores', value: 'argMax(cpu_millicores, time) / 1000' },
  { ...status, name: 'tomte_agent_open_requests', value: 'argMax(open_requests, time)' },
  { ...status, name: 'tomte_agent_open_connections', value: 'argMax(open_connections, time)' },
  { ...status, name: 'tomte_agent_spool_bytes', value: 'argMax(spool_bytes, time)' },
  { ...status, name: 'tomte_agent_captured_events_total', value: 'argMax(captured_events, time)' },
  { ...status, name: 'tomte_agent_captured_bytes_total', value: 'argMax(captured_bytes, time)' },
  { ...status, name: 'tomte_agent_dropped_events_total', value: 'argMax(dropped_events, time)' },
  { ...status, name: 'tomte_agent_requests_total', value: 'argMax(emitted_requests, time)' },
  { ...lost, name: 'tomte_lost_events_total', value: 'sum(ifNull(events, 0))' },
  { ...lost, name: 'tomte_lost_bytes_total', value: 'sum(ifNull(bytes, 0))' },
];

/** The samples of every metric up to a time, which is in the hour of all rows. */
export async function samplesFromSql(ask: AskSql, untilMs: number): Promise<readonly TimedSeries[]> {
  const series: TimedSeries[] = [];
  for (const family of families) series.push(...(await seriesOf(ask, family, untilMs)));
  return series;
}

async function seriesOf(ask: AskSql, family: Family, untilMs: number): Promise<readonly TimedSeries[]> {
  const labels = Object.entries(family.labels).map(([name, sql]) => `toString(${sql}) AS "${name}"`);
  const rows = await ask(
    `SELECT ${labels.join(', ')}, intDiv(toUnixTimestamp(${family.time}), ${GRID_SECONDS}) AS step, ` +
      `${valuesOf(family).join(', ')} FROM ${family.table} WHERE ${family.where ?? 'true'} ` +
      'GROUP BY ALL ORDER BY step LIMIT 100000',
  );
  const names = Object.keys(family.labels);
  const bySeries = Map.groupBy(rows, (row) => JSON.stringify(names.map((name) => row[name])));
  return [...bySeries.values()].flatMap((cells) => {
    const own = Object.fromEntries(names.map((name) => [name, String(cells[0]?.[name])] as const));
    return partsOf(family).map(({ name, column, le }): TimedSeries => {
      const filled = Object.entries({ ...own, ...le }).filter(([, value]) => value !== '');
      const values = cells.map((cell) => ({ step: Number(cell['step']), value: Number(cell[column]) }));
      const named = { __name__: name, ...Object.fromEntries(filled) };
      return { labels: named, ...samplesOf(values, family.gauge, untilMs) };
    });
  });
}

function valuesOf({ value }: Family): readonly string[] {
  if (value !== 'histogram') return [`${value} AS v`];
  const upTo = boundsSeconds.map((bound, index) => `countIf(duration_ns <= ${bound} * 1e9) AS b${index}`);
  return ['count() AS v', 'sum(duration_ns) / 1e9 AS seconds', ...upTo];
}

interface Part {
  readonly name: string;
  readonly column: string;
  readonly le?: { readonly le: string };
}

function partsOf({ name, value }: Family): readonly Part[] {
  if (value !== 'histogram') return [{ name, column: 'v' }];
  const buckets = boundsSeconds.map((bound, index) => ({
    name: `${name}_bucket`,
    column: `b${index}`,
    le: { le: String(bound) },
  }));
  return [
    { name: `${name}_count`, column: 'v' },
    { name: `${name}_sum`, column: 'seconds' },
    ...buckets,
    { name: `${name}_bucket`, column: 'v', le: { le: '+Inf' } },
  ];
}

interface Cell {
  readonly step: number;
  readonly value: number;
}

/** A sample stands at the end of its step. A counter begins with 0 one step before its first row. */
function samplesOf(cells: readonly Cell[], gauge: Family['gauge'], untilMs: number) {
  const endMs = (step: number): number => (step + 1) * GRID_SECONDS * 1_000;
  const byStep = new Map(cells.map(({ step, value }) => [step, value]));
  const first = cells[0]?.step ?? 0;
  const samples: [timeMs: number, value: number][] = [];
  let sum = 0;
  if (gauge === undefined) samples.push([endMs(first - 1), 0]);
  for (let step = first; endMs(step) <= untilMs; step += 1) {
    const value = byStep.get(step);
    if (gauge === undefined) samples.push([endMs(step), (sum += value ?? 0)]);
    else if (gauge === 'presence') samples.push([endMs(step), value === undefined ? 0 : 1]);
    else if (value !== undefined) samples.push([endMs(step), value]);
  }
  return { timesMs: samples.map(([time]) => time), values: samples.map(([, value]) => value) };
}
