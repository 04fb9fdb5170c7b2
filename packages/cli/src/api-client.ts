import { AppError } from '@tomte/kit';
import { exchange, type Question } from './http-exchange.ts';

export const DEFAULT_URL = 'http://127.0.0.1:4680';

export interface ApiClientOptions {
  readonly url: string;
  readonly token: string | undefined;
  readonly signal: AbortSignal;
}

export type Parameters = readonly (readonly [string, string])[];
export type JsonObject = Readonly<Record<string, unknown>>;

/** Speaks to the API over HTTP. Its problems come back as errors with their own code and remedy. */
export class ApiClient {
  readonly #base: URL;
  readonly #options: ApiClientOptions;

  constructor(options: ApiClientOptions) {
    const base = URL.parse(options.url);
    if (base === null || !/^https?:$/.test(base.protocol)) {
      const remedy = `Give an address such as ${DEFAULT_URL}.`;
      throw new AppError('CLI_URL_INVALID', `${JSON.stringify(options.url)} is no address of an API`, {
        family: 'user',
        remedy,
      });
    }
    this.#base = base;
    this.#options = options;
  }

  get url(): string {
    return this.#base.origin;
  }

  /** The text of a GET. */
  get(path: string, parameters: Parameters = []): Promise<string> {
    const url = new URL(path, this.#base);
    for (const [name, value] of parameters) url.searchParams.append(name, value);
    return this.#send(url, { method: 'GET' });
  }

  post(path: string, body: JsonObject): Promise<string> {
    return this.#send(new URL(path, this.#base), { method: 'POST', body: JSON.stringify(body) });
  }

  async #send(url: URL, question: Question): Promise<string> {
    const { token, signal } = this.#options;
    const answer = await exchange(url, { ...question, token, signal }).catch((thrown: unknown) => {
      if (signal.aborted || thrown instanceof AppError) throw thrown;
      const remedy = 'Start one with `tomte up`, or name it with --url or TOMTE_URL.';
      throw new AppError('CLI_API_UNREACHABLE', `no API answers at ${this.#base.origin}`, {
        remedy,
        cause: thrown,
      });
    });
    if (answer.status >= 400) throw toError(answer.status, answer.text, url);
    return answer.text;
  }
}

function toError(status: number, text: string, url: URL): AppError {
  const problem = parseObject(text);
  const code = problem?.['code'];
  const family = status < 500 ? 'user' : 'operational';
  const [, facts, ofPrometheus] = /^(.*) \((\w+)\)$/s.exec(String(problem?.['error'] ?? '')) ?? [];
  if (facts !== undefined && ofPrometheus !== undefined) return new AppError(ofPrometheus, facts, { family });
  if (typeof code !== 'string') {
    const remedy = 'Is this the address of a Tomte API?';
    return new AppError('CLI_ANSWER_FOREIGN', `${url.origin} answered ${status} without a code`, { remedy });
  }
  const remedy = problem?.['remedy'];
  const detail = String(problem?.['detail'] ?? `status ${status}`);
  return new AppError(code, detail, typeof remedy === 'string' ? { family, remedy } : { family });
}

export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as JsonObject) : undefined; // Proof: an object that is no array.
  } catch {
    return undefined;
  }
}
