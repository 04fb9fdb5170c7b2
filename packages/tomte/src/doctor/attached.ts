import type { Io } from '@tomte/cli';
import { DEFAULT_URL } from '@tomte/cli';
import { type Check, info } from './check.ts';

const TIMEOUT_MS = 2_000;

/** How the probes of a running agent stand, as it told the store. */
export async function attachChecks(
  options: { readonly url?: string; readonly token?: string },
  io: Io,
): Promise<readonly Check[]> {
  const base = options.url ?? io.env['TOMTE_URL'] ?? DEFAULT_URL;
  const token = options.token ?? io.env['TOMTE_TOKEN'];
  try {
    const response = await fetch(new URL('/api/v1/views/probes?from=-30d&limit=1000', base), {
      signal: AbortSignal.any([io.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
    if (!response.ok) return [info('agent', `the API at ${base} answered ${response.status}`)];
    const answer: unknown = await response.json();
    const rows = typeof answer === 'object' && answer !== null && 'data' in answer ? answer.data : [];
    return Array.isArray(rows) ? rows.map(toCheck) : [];
  } catch {
    return [info('agent', `no API at ${base}: start \`tomte up\` to see what attaches`)];
  }
}

/** Probes whose detail is what they have counted, which is of interest when they work. */
const COUNTS: ReadonlySet<string> = new Set(['tls_binding']);

const states: Readonly<Record<string, Check['state']>> = { attached: 'ok', failed: 'fail', absent: 'warn' };

function toCheck(row: unknown): Check {
  const fields: Readonly<Record<string, unknown>> = { ...Object(row) };
  const text = (name: string): string => printable(String(fields[name] ?? ''));
  const state = states[text('state')] ?? 'info';
  const name = text('probe');
  const parts = [text('state'), text('method'), text('target'), COUNTS.has(name) ? text('detail') : ''];
  const value = parts.filter((part) => part !== '').join(', ');
  return { name, state, value, remedy: state === 'ok' ? '' : text('detail') };
}

/** Names of files and errors come from elsewhere: nothing in them may move the cursor. */
function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e\u00a0-\u024f]/g, '?');
}
