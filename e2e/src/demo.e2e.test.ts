import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const main = fileURLToPath(new URL('../../packages/tomte/src/main.ts', import.meta.url));

test('every request of the demo, plain and TLS, is in the store exactly once for each side', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [main, 'demo', '--seconds', '12', '--json']);
  const facts: unknown = JSON.parse(stdout);
  expect(facts).toMatchObject({ missing: 0, duplicated: 0 });
  const { sent, stored } = facts as { sent: Record<string, number>; stored: Record<string, number> }; // Proof: matched above.
  expect(stored).toEqual(sent);
  expect(sent['http']).toBeGreaterThan(100);
  expect(sent['https']).toBeGreaterThan(100);
}, 120_000);
