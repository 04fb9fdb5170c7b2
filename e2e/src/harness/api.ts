export type Row = Readonly<Record<string, unknown>>;

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

interface SqlAnswer {
  readonly data: readonly Row[];
  readonly completeness: { readonly truncated: boolean };
}

/** Rows of one answer of the SQL route, at most. */
const MAX_ROWS = 100_000;

/** The API as any other program asks it. */
export class Api {
  readonly url: string;
  readonly #token: string | undefined;

  constructor(url: string, token?: string) {
    this.url = url;
    this.#token = token;
  }

  async ask(path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = new Headers(init.headers);
    if (this.#token !== undefined) headers.set('authorization', `Bearer ${this.#token}`);
    const response = await fetch(`${this.url}${path}`, { ...init, headers });
    return { status: response.status, body: (await response.json()) as Answer['body'] }; // Proof: JSON objects only.
  }

  askSql(sql: string, params: Readonly<Record<string, string | number>> = {}): Promise<Answer> {
    return this.ask('/api/v1/sql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sql, params, limit: MAX_ROWS }),
    });
  }

  /** Rows by column name. @throws when the answer is no success, or when there were more than one answer holds */
  async rows(sql: string, params: Readonly<Record<string, string | number>> = {}): Promise<readonly Row[]> {
    const { status, body } = await this.askSql(sql, params);
    if (status !== 200) throw new Error(`the API answered ${status}: ${JSON.stringify(body)}`);
    const answer = body as unknown as SqlAnswer; // Proof: the schema of this route.
    if (answer.completeness.truncated) throw new Error(`more than ${MAX_ROWS} rows: ${sql}`);
    return answer.data;
  }

  /** The one number that the statement gives. */
  async number(sql: string, params: Readonly<Record<string, string | number>> = {}): Promise<number> {
    const [row = {}] = await this.rows(sql, params);
    return Number(Object.values(row)[0]);
  }
}
