import type { Row } from '../api/answer.ts';

const kinds: Readonly<Record<string, string>> = {
  ok: 'good',
  client_error: 'warn',
  server_error: 'bad',
  aborted: 'bad',
  timed_out: 'bad',
  not_observed: 'quiet',
};

/** How a request ended: its status, or why there is none. */
export function Status({ row }: { readonly row: Row }) {
  const outcome = String(row['outcome']);
  const code = row['status_code'];
  const words = code === null || code === undefined ? outcome.replaceAll('_', ' ') : String(code);
  return (
    <span class={`status ${kinds[outcome] ?? 'quiet'}`} title={outcome.replaceAll('_', ' ')}>
      {words}
    </span>
  );
}
