import type { Api, Row } from '../harness/api.ts';
import { nonceOf } from './nonce.ts';

/** A stored request, as far as other programs can tell of it. */
export interface StoredRow {
  readonly nonce: string;
  readonly serverPort: number;
  readonly role: string;
  readonly encrypted: boolean;
  readonly method: string;
  readonly target: string;
  readonly status: number | null;
  readonly outcome: string;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly responseBodyBytes: number;
  readonly durationNs: number | null;
}

/** Rows of one answer stay far below what the API gives at most. */
const BUCKETS = 8;

/** Every stored row of requests with a nonce, both sides. */
export async function readStoredRows(api: Api): Promise<StoredRow[]> {
  const rows: StoredRow[] = [];
  for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
    const found = await api.rows(
      `SELECT server_port, CAST(role, 'String') AS role, encrypted, method, path, query, status_code,
              CAST(outcome, 'String') AS outcome, request_bytes, response_bytes, response_body_bytes, duration_ns
       FROM requests WHERE query LIKE '%n=%' AND cityHash64(query) % {buckets:UInt32} = {bucket:UInt32}`,
      { buckets: BUCKETS, bucket },
    );
    rows.push(...found.map(toStoredRow));
  }
  return rows;
}

function toStoredRow(row: Row): StoredRow {
  const target = `${String(row['path'])}?${String(row['query'])}`;
  return {
    nonce: nonceOf(target),
    serverPort: Number(row['server_port']),
    role: String(row['role']),
    encrypted: Boolean(row['encrypted']),
    method: String(row['method']),
    target,
    status: toNumber(row['status_code']),
    outcome: String(row['outcome']),
    requestBytes: Number(row['request_bytes']),
    responseBytes: Number(row['response_bytes']),
    responseBodyBytes: Number(row['response_body_bytes']),
    durationNs: toNumber(row['duration_ns']),
  };
}

function toNumber(value: unknown): number | null {
  return value === null ? null : Number(value);
}
