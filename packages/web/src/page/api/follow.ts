import type { Completeness, Row } from './answer.ts';
import { Problem } from './problem.ts';
import { bearer } from './token.ts';
import { type Parameters, toQuery } from './client.ts';

/** What a follower is told, as it comes. */
export interface Followed {
  onRows(rows: readonly Row[], droppedTotal: number): void;
  onCompleteness(completeness: Completeness): void;
}

/** Requests as they are stored, until `signal` ends it. Rejects with what the API says went wrong. */
export async function followRequests(
  parameters: Parameters,
  told: Followed,
  signal: AbortSignal,
): Promise<void> {
  const response = await fetch(`api/v1/requests/tail?${toQuery(parameters)}`, {
    signal,
    headers: bearer(),
    cache: 'no-store',
  });
  if (!response.ok || response.body === null)
    throw new Problem(response.status, Object(await response.json().catch(() => ({}))));
  let rest = '';
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const events = `${rest}${value}`.split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) hand(parseEvent(event), told);
  }
}

interface SentEvent {
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Of an event of the HTML standard its name and its data, which are one line of JSON here. */
function parseEvent(text: string): SentEvent {
  const lines = text.split('\n');
  const of = (field: string): string =>
    lines
      .find((line) => line.startsWith(`${field}:`))
      ?.slice(field.length + 1)
      .trim() ?? '';
  return { name: of('event'), data: of('data') === '' ? {} : Object(JSON.parse(of('data'))) };
}

function hand({ name, data }: SentEvent, told: Followed): void {
  if (name === 'rows') told.onRows(data['rows'] as readonly Row[], Number(data['dropped_rows_total'])); // Proof: the API's own event.
  if (name === 'completeness') told.onCompleteness(data as unknown as Completeness); // Proof: as above.
  if (name === 'problem') throw new Problem(Number(data['status']), data);
}
