import type { Api } from '../../harness/api.ts';

/** OpenTelemetry's default boundaries of http.server.request.duration, milliseconds. */
const BOUNDS_MS = [5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000];
const MINUTE_SECONDS = 60;
/** Both ends of one exchange begin within so long. */
const NEAR_SECONDS = 5;
interface BaseRow {
  /** When it began, whole seconds since the Unix epoch. */
  readonly startSeconds: number;
  /** Who was asked: by its name, else by the host that the request names, else by its address. */
  readonly service: string;
  readonly role: string;
  readonly protocol: string;
  readonly encrypted: string;
  /** Of the observed process, and of the service that was asked. */
  readonly namespaces: string;
  readonly outcome: string;
  /** Null when it was not seen. */
  readonly durationNs: number | null;
  readonly pairKey: string;
  readonly isPartial: boolean;
  readonly requestBytes: number;
  readonly responseBytes: number;
}

/** `minute service role protocol encrypted namespace service_namespace` → the sums as one text. */
export type Groups = Map<string, string>;

interface Sums {
  readonly counts: Map<string, number>;
  readonly buckets: number[];
  requests: number;
  partial: number;
  samples: number;
  durationNs: number;
  longestNs: number;
  requestBytes: number;
  responseBytes: number;
}

/** service_1m as its base rows come to it, in plain JavaScript. */
export async function recompute(api: Api): Promise<Groups> {
  const found = await api.rows(
    'SELECT DISTINCT toUnixTimestamp(toStartOfMinute(start_time)) AS minute FROM requests ORDER BY minute',
  );
  const rows = new Map<number, readonly BaseRow[]>();
  for (const row of found) rows.set(Number(row['minute']), await readMinute(api, Number(row['minute'])));
  const groups: Groups = new Map();
  for (const [minute, own] of rows) {
    const near = [minute - MINUTE_SECONDS, minute, minute + MINUTE_SECONDS].flatMap(
      (at) => rows.get(at) ?? [],
    );
    const servers = new Set(near.filter((row) => row.role === 'server').flatMap(pairsOf));
    sumMinute(own, servers).forEach((sums, group) => groups.set(`${minute} ${group}`, toText(sums)));
  }
  return groups;
}

/** The keys under which a client's row finds its server's: one pair key may come back later, so it is near in time too. */
function pairsOf({ pairKey, startSeconds }: BaseRow): readonly string[] {
  return [startSeconds - NEAR_SECONDS, startSeconds + NEAR_SECONDS].map((at) => pairAt(pairKey, at));
}

function pairAt(pairKey: string, atSeconds: number): string {
  return `${pairKey} ${Math.floor(atSeconds / (2 * NEAR_SECONDS))}`;
}

async function readMinute(api: Api, minute: number): Promise<readonly BaseRow[]> {
  const rows = await api.rows(
    `SELECT toFloat64(toUnixTimestamp64Second(start_time)) AS start, service_name, peer_service_name, host,
            replaceOne(toString(server_address), '::ffff:', '') AS address, server_port,
            CAST(role, 'String') AS end, CAST(protocol, 'String') AS protocol_name, encrypted,
            k8s_namespace_name AS own, if(role = 'client', peer_k8s_namespace_name, k8s_namespace_name) AS asked,
            CAST(outcome, 'String') AS outcome_name, toFloat64(duration_ns) AS duration,
            toString(pair_key) AS pair, missing_reason, toFloat64(request_bytes) AS sent, toFloat64(response_bytes) AS received
     FROM requests WHERE toUnixTimestamp(toStartOfMinute(start_time)) = {minute:UInt32}`,
    { minute },
  );
  return rows.map((row) => ({
    startSeconds: Number(row['start']),
    service:
      String(row['end'] === 'client' ? row['peer_service_name'] : row['service_name']) ||
      String(row['host']) ||
      `${String(row['address'])}:${String(row['server_port'])}`,
    role: String(row['end']),
    protocol: String(row['protocol_name']),
    encrypted: String(row['encrypted']),
    namespaces: `${String(row['own'])} ${String(row['asked'])}`,
    outcome: String(row['outcome_name']),
    durationNs: row['duration'] === null ? null : Number(row['duration']),
    pairKey: String(row['pair']),
    isPartial: row['missing_reason'] !== '',
    requestBytes: Number(row['sent']),
    responseBytes: Number(row['received']),
  }));
}

/** A request that was seen at both ends counts by its server's row. */
function sumMinute(rows: readonly BaseRow[], servers: ReadonlySet<string>): Map<string, Sums> {
  const groups = new Map<string, Sums>();
  for (const row of rows) {
    if (row.role === 'client' && row.pairKey !== '0' && servers.has(pairAt(row.pairKey, row.startSeconds)))
      continue;
    const group = [row.service, row.role, row.protocol, row.encrypted, row.namespaces].join(' ');
    const sums = groups.get(group) ?? newSums();
    groups.set(group, sums);
    add(sums, row);
  }
  return groups;
}

function newSums(): Sums {
  const zeros = { requests: 0, partial: 0, samples: 0, durationNs: 0, longestNs: 0 };
  const buckets = new Array<number>(BOUNDS_MS.length + 1).fill(0);
  return { counts: new Map(), buckets, ...zeros, requestBytes: 0, responseBytes: 0 };
}

function add(sums: Sums, row: BaseRow): void {
  sums.requests += 1;
  sums.counts.set(row.outcome, (sums.counts.get(row.outcome) ?? 0) + 1);
  if (row.isPartial) sums.partial += 1;
  sums.requestBytes += row.requestBytes;
  sums.responseBytes += row.responseBytes;
  if (row.durationNs === null) return;
  const { durationNs } = row;
  sums.samples += 1;
  sums.durationNs += durationNs;
  sums.longestNs = Math.max(sums.longestNs, durationNs);
  const found = BOUNDS_MS.findIndex((bound) => durationNs <= bound * 1e6);
  const bucket = found === -1 ? BOUNDS_MS.length : found;
  sums.buckets[bucket] = (sums.buckets[bucket] ?? 0) + 1;
}

function toText(sums: Sums): string {
  const count = (outcome: string): number => sums.counts.get(outcome) ?? 0;
  const errors = count('server_error') + count('aborted') + count('timed_out');
  const outcomes = ['ok', 'client_error', 'server_error', 'not_observed', 'aborted', 'timed_out'].map(count);
  const counts = [...outcomes, errors, sums.partial, sums.samples];
  return [sums.requests, counts, sums.durationNs, sums.longestNs, sums.buckets]
    .concat([sums.requestBytes, sums.responseBytes])
    .join(' ');
}
