import { expect, test } from 'vitest';
import { reconcile, type ServerLog, type StoredRequest } from './reconcile.ts';

const line = (nonce: string, scheme: 'http' | 'https' = 'http') =>
  ({ nonce, scheme, method: 'GET', target: '/', status: 200 }) as const;
const row = (nonce: string, serverPort: number, role: string): StoredRequest => ({
  nonce,
  serverPort,
  role,
  encrypted: serverPort === 443,
});
const ports = { http: 80, https: 443 };
const server: ServerLog = { ports, lines: [line('a'), line('b', 'https')] };
const upstream: ServerLog = { ports: { http: 9000 }, lines: [line('a')] };

test.each<[string, StoredRequest[], object]>([
  [
    'both ends of one request count once, a forwarded one apart',
    [row('a', 80, 'server'), row('a', 80, 'client'), row('a', 9000, 'server'), row('b', 443, 'server')],
    { stored: { http: 2, https: 1 }, missing: 0, duplicated: 0, unexpected: 0 },
  ],
  [
    'a missing server row is missing although the client has one',
    [row('a', 80, 'server'), row('a', 9000, 'client'), row('b', 443, 'server')],
    { stored: { http: 2, https: 1 }, missing: 1, duplicated: 0 },
  ],
  [
    'three rows of one side are two too many',
    [row('a', 80, 'server'), row('a', 80, 'server'), row('a', 80, 'server'), row('a', 9000, 'server')],
    { stored: { http: 2, https: 0 }, missing: 1, duplicated: 2 },
  ],
  [
    'a row that no log knows is not hidden',
    [row('a', 80, 'server'), row('a', 9000, 'server'), row('b', 443, 'server'), row('x', 80, 'server')],
    { stored: { http: 2, https: 1 }, missing: 0, unexpected: 1 },
  ],
])('%s', (_name, rows, wanted) => {
  expect(reconcile([server, upstream], [], rows)).toMatchObject({ sent: { http: 2, https: 1 }, ...wanted });
});

test('a client that logs is an observed side of its own', () => {
  const rows = [row('a', 80, 'server'), row('b', 443, 'server'), row('b', 443, 'client')];
  expect(reconcile([server], [server], rows).missing).toBe(1);
});
