import { AppError } from '@tomte/kit';

type Row = Readonly<Record<string, unknown>>;

interface SqlAnswer {
  readonly data: readonly Row[];
  readonly completeness?: { readonly truncated?: boolean };
}

/** The most that one question gives; more is asked for in parts. */
const MAX_ROWS = 100_000;

/** What is stored, asked as any other program would. */
export class Api {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** @throws AppError CRASH_API_FAILED, also when there were more rows than one answer holds */
  async sql(sql: string, params: Readonly<Record<string, string | number>> = {}): Promise<readonly Row[]> {
    const response = await fetch(`${this.#url}/api/v1/sql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sql, params, limit: MAX_ROWS }),
    }).catch((thrown: unknown) => {
      throw failed(`it does not answer: ${String(thrown)}`);
    });
    const body: unknown = await response.json();
    if (!response.ok) throw failed(`${response.status} ${JSON.stringify(body)}`);
    const answer = body as SqlAnswer; // Proof: the schema of this route, which the API's own tests hold.
    if (answer.completeness?.truncated === true) throw failed(`more than ${MAX_ROWS} rows: ${sql}`);
    return answer.data;
  }

  /** Undefined while collector or ClickHouse is away. */
  async findRows(
    sql: string,
    params: Readonly<Record<string, string | number>> = {},
  ): Promise<readonly Row[] | undefined> {
    return this.sql(sql, params).catch(() => undefined);
  }
}

function failed(facts: string): AppError {
  return new AppError('CRASH_API_FAILED', `the API could not be asked: ${facts}`, {
    remedy: 'What the parts said stands above.',
  });
}
