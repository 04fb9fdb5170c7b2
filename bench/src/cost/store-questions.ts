import { AppError } from '@tomte/kit';

/** Wall clock, milliseconds since the Unix epoch. */
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface StoredRun {
  /** Told apart by connection and place on it. */
  readonly distinct: number;
  readonly rows: number;
}

/** What the store says, asked as a person would: SQL by the API. */
export class StoreQuestions {
  readonly #url: string;

  constructor(apiUrl: string) {
    this.#url = apiUrl;
  }

  /** Requests of the server's side by run, which is what stands before `-` in `?n=`. */
  async storedByRun(): Promise<ReadonlyMap<string, StoredRun>> {
    const rows = await this.#ask(
      `SELECT extract(query, 'n=([a-z0-9]+)-') AS run, uniqExact(connection_id, exchange_index) AS requests,
              count() AS stored
       FROM requests WHERE role = 'server' GROUP BY run`,
    );
    return new Map(
      rows.map(([run, distinct, count]) => [
        String(run),
        { distinct: Number(distinct), rows: Number(count) },
      ]),
    );
  }

  /** Steps that any agent was at, by its own rows of `agent_status`. */
  governorSteps(): Promise<ReadonlyMap<string, number>> {
    return this.#count('SELECT governor_step, count() FROM agent_status GROUP BY governor_step');
  }

  /** What agents said of themselves when they were at another step than the first. */
  async steppedRows(): Promise<readonly string[]> {
    const rows = await this.#ask(
      `SELECT toString(time), governor_step, cpu_millicores, round(rss_bytes / 1048576)
       FROM agent_status WHERE governor_step != 'bodies' ORDER BY time`,
    );
    return rows.map(
      ([time, step, millicores, mebibytes]) =>
        `${time} ${step} at ${millicores} millicores, ${mebibytes} MiB`,
    );
  }

  /** Events that were lost, by reason: told within one of the windows, or outside. */
  losses(windows: readonly Window[], side: 'within' | 'outside'): Promise<ReadonlyMap<string, number>> {
    const within = windows.map(
      ({ fromMs, toMs }) => `toUnixTimestamp64Milli(end_time) BETWEEN ${fromMs} AND ${toMs}`,
    );
    const isWithin = within.length === 0 ? 'false' : within.join(' OR ');
    return this.#count(
      `SELECT reason, sum(events) FROM loss WHERE ${side === 'within' ? '' : 'NOT '}(${isWithin})
       GROUP BY reason HAVING sum(events) > 0`,
    );
  }

  async #count(sql: string): Promise<ReadonlyMap<string, number>> {
    return new Map((await this.#ask(sql)).map(([name, count]) => [String(name), Number(count)]));
  }

  async #ask(sql: string): Promise<readonly (readonly unknown[])[]> {
    const response = await fetch(`${this.#url}/api/v1/sql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sql }),
    });
    const answer = (await response.json()) as { data?: unknown[]; detail?: string }; // Proof: the API answers in JSON.
    if (!response.ok || answer.data === undefined) {
      const remedy = 'Run it again; the API’s own words stand in the message.';
      throw new AppError('BENCH_STORE_SILENT', `${response.status}: ${answer.detail ?? ''}`, { remedy });
    }
    return answer.data.map((row) => (Array.isArray(row) ? row : Object.values(row as object))); // Proof: rows are arrays or objects.
  }
}
