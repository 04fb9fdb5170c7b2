import type { StoredRequest } from '@tomte/workloads';
import { operationalError } from '../errors.ts';
import type { Lost } from './lost.ts';

interface SqlAnswer {
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly completeness: {
    readonly lost: readonly {
      readonly reason: string;
      readonly events: number | null;
      readonly bytes: number | null;
      readonly unknown_count: number;
    }[];
  };
}

/** Rows of one bucket stay far below the most that the API gives. */
const ROWS_PER_BUCKET = 20_000;
const MAX_ROWS = 100_000;

/** The API as any other program would ask it. */
export class DemoApi {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async sql(sql: string, params: Readonly<Record<string, string | number>> = {}): Promise<SqlAnswer['data']> {
    return (await this.#ask(sql, params)).data;
  }

  /** More rows than the limit would be an error. */
  async #ask(sql: string, params: Readonly<Record<string, string | number>> = {}): Promise<SqlAnswer> {
    const response = await fetch(`${this.#url}/api/v1/sql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sql, params, limit: MAX_ROWS }),
    });
    return (await this.#answer(response)) as unknown as SqlAnswer; // Proof: the schema of this route.
  }

  /** Every stored row with a nonce. */
  async storedRequests(expectedRows: number): Promise<StoredRequest[]> {
    const buckets = Math.ceil((expectedRows + 1) / ROWS_PER_BUCKET);
    const rows: StoredRequest[] = [];
    for (let bucket = 0; bucket < buckets; bucket += 1) {
      const found = await this.sql(
        `SELECT extract(query, '(?:^|&)n=([^&]+)') AS nonce, server_port, CAST(role, 'String') AS role, encrypted
         FROM requests WHERE nonce != '' AND cityHash64(query) % {buckets:UInt32} = {bucket:UInt32}`,
        { buckets, bucket },
      );
      for (const row of found) {
        rows.push({
          nonce: String(row['nonce']),
          serverPort: Number(row['server_port']),
          role: String(row['role']),
          encrypted: Boolean(row['encrypted']),
        });
      }
    }
    return rows;
  }

  /** What was lost, by reason, over all time, as every answer says. */
  async lost(): Promise<readonly Lost[]> {
    const sums = new Map<string, Lost>();
    for (const part of (await this.#ask('SELECT 1')).completeness.lost) {
      const { reason } = part;
      const sum = sums.get(reason) ?? { reason, events: 0, bytes: 0 };
      const events = sum.events + (part.events ?? 0) + part.unknown_count;
      sums.set(reason, { reason, events, bytes: sum.bytes + (part.bytes ?? 0) });
    }
    return [...sums.values()];
  }

  async #answer(response: Response): Promise<Readonly<Record<string, unknown>>> {
    const body = (await response.json()) as Readonly<Record<string, unknown>>; // Proof: the API speaks JSON objects.
    if (response.ok) return body;
    throw operationalError('TOMTE_DEMO_API', `the API answered ${response.status}: ${JSON.stringify(body)}`);
  }
}
