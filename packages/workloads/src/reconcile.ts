import type { LoggedRequest } from './access-log.ts';

/** A stored row of a request, as far as the comparison needs it. */
export interface StoredRequest {
  readonly nonce: string;
  readonly serverPort: number;
  readonly role: string;
  readonly encrypted: boolean;
}

/** What a server with its own log says: every line is one request to that port. */
export interface ServerLog {
  /** Port by scheme, since one server listens on several. */
  readonly ports: Readonly<Partial<Record<'http' | 'https', number>>>;
  readonly lines: readonly Pick<LoggedRequest, 'scheme' | 'nonce'>[];
}

export interface Reconciliation {
  readonly sent: { readonly http: number; readonly https: number };
  readonly stored: { readonly http: number; readonly https: number };
  /** Observed sides (server always, client where it logs) without a row. */
  readonly missing: number;
  /** Rows beyond the first of the same request and side. */
  readonly duplicated: number;
  /** Rows of requests that no log knows. */
  readonly unexpected: number;
  /** The first few of each kind, for people. */
  readonly examples: readonly string[];
}

const MAX_EXAMPLES = 20;

/**
 * Compares the logs with the store, request by request. A request is named by its nonce and the port it
 * went to, since a proxy passes the nonce on. One that was seen at both ends counts once in `stored`.
 */
export function reconcile(
  servers: readonly ServerLog[],
  clients: readonly ServerLog[],
  rows: readonly StoredRequest[],
): Reconciliation {
  const byKey = countRows(rows);
  const expected = new Map<string, 'http' | 'https'>();
  const examples: string[] = [];
  const note = (text: string): void => void (examples.length < MAX_EXAMPLES && examples.push(text));
  let missing = 0;
  for (const [side, logs] of [['server', servers] as const, ['client', clients] as const]) {
    for (const { key, scheme } of keysOf(logs)) {
      expected.set(key, scheme);
      if ((byKey.get(`${key} ${side}`) ?? 0) > 0) continue;
      missing += 1;
      note(`missing ${side} row: ${key}`);
    }
  }
  let duplicated = 0;
  const unexpected = new Set<string>();
  const stored = { http: new Set<string>(), https: new Set<string>() };
  for (const [sided, count] of byKey) {
    const key = sided.slice(0, sided.lastIndexOf(' '));
    const scheme = expected.get(key);
    if (scheme === undefined) unexpected.add(key);
    else stored[scheme].add(key);
    if (count > 1) note(`${count} rows: ${sided}`);
    duplicated += count - 1;
  }
  for (const key of unexpected) note(`in no log: ${key}`);
  return {
    sent: countSchemes(keysOf(servers)),
    stored: { http: stored.http.size, https: stored.https.size },
    missing,
    duplicated,
    unexpected: unexpected.size,
    examples,
  };
}

function countRows(rows: readonly StoredRequest[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const key = `${row.nonce}@${row.serverPort} ${row.role}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function* keysOf(logs: readonly ServerLog[]): Generator<{ key: string; scheme: 'http' | 'https' }> {
  for (const log of logs) {
    for (const line of log.lines) {
      const port = log.ports[line.scheme];
      if (line.nonce !== '' && port !== undefined)
        yield { key: `${line.nonce}@${port}`, scheme: line.scheme };
    }
  }
}

function countSchemes(keys: Iterable<{ scheme: 'http' | 'https' }>): { http: number; https: number } {
  const counts = { http: 0, https: 0 };
  for (const { scheme } of keys) counts[scheme] += 1;
  return counts;
}
