import type { Answer, RequestAnswer, SqlAnswer, ViewDescription } from './answer.ts';
import { Problem } from './problem.ts';
import { bearer } from './token.ts';

/** Values of a question; a list stands for any of them, undefined for nothing. */
export type Parameters = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** The answer of a view. */
export function askView(name: string, parameters: Parameters, signal: AbortSignal): Promise<Answer> {
  return getJson(`api/v1/views/${encodeURIComponent(name)}?${toQuery(parameters)}`, signal);
}

export function askRequest(id: string, signal: AbortSignal): Promise<RequestAnswer> {
  return getJson(`api/v1/requests/${encodeURIComponent(id)}`, signal);
}

export async function listViews(signal: AbortSignal): Promise<readonly ViewDescription[]> {
  const { data } = await getJson<{ readonly data: readonly ViewDescription[] }>('api/v1/views', signal);
  return data;
}

/** Values as texts. */
export async function askCompletion(parameters: Parameters, signal: AbortSignal): Promise<readonly string[]> {
  const { data } = await getJson<{ readonly data: readonly { readonly value: unknown }[] }>(
    `api/v1/complete?${toQuery(parameters)}`,
    signal,
  );
  return data.map(({ value }) => String(value));
}

/** A request in another form, as text. */
export async function exportRequest(id: string, format: 'har' | 'curl'): Promise<string> {
  const response = await fetch(`api/v1/requests/${encodeURIComponent(id)}?format=${format}`, {
    headers: bearer(),
  });
  if (response.ok) return response.text();
  throw new Problem(response.status, Object(await response.json().catch(() => ({}))));
}

export interface SqlQuestion {
  readonly sql: string;
  readonly params?: Readonly<Record<string, string | number>>;
  readonly limit?: number;
  /** The time that it looks at, for its completeness. */
  readonly from?: string;
  readonly to?: string;
}

export function askSql({ from, to, ...body }: SqlQuestion, signal: AbortSignal): Promise<SqlAnswer> {
  return send(`api/v1/sql?${toQuery({ from, to })}`, {
    method: 'POST',
    signal,
    headers: { 'content-type': 'application/json', ...bearer() },
    body: JSON.stringify(body),
  });
}

export function toQuery(parameters: Parameters): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one));
  }
  return query.toString();
}

function getJson<T>(path: string, signal: AbortSignal): Promise<T> {
  return send(path, { signal, headers: bearer() });
}

async function send<T>(path: string, init: RequestInit): Promise<T> {
  const response = await fetch(path, { ...init, cache: 'no-store' }).catch((thrown: unknown) => {
    if (init.signal?.aborted === true) throw thrown;
    throw new Problem(0, {
      code: 'PAGE_API_SILENT',
      detail: 'The API does not answer.',
      remedy: 'Does it still run?',
    });
  });
  const body: unknown = await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(response.status, Object(body));
  return body as T; // Proof: the schema of the route, in /openapi.json.
}
