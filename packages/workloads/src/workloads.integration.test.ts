import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  Launcher,
  readRequestLog,
  startCurl,
  startNginx,
  startPythonService,
  startTraffic,
} from './index.ts';

test('every request of the clients is in the log of the server, once', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tomte-workloads-'));
  const launcher = new Launcher();
  onTestFinished(async () => {
    await launcher.close();
    rmSync(directory, { recursive: true });
  });
  const service = await startPythonService(launcher, directory);
  const nginx = await startNginx({ launcher, directory, upstreamPort: service.port });
  const shared = { launcher, directory, nginx };
  const traffic = await startTraffic({
    ...shared,
    prefix: 'a',
    count: 211,
    connections: 3,
    ratePerSecond: 0,
    hasUpstream: true,
  });
  const curl = await startCurl({
    ...shared,
    prefix: 'c',
    scheme: 'https',
    targets: ['/tiny', '/large', '/error'],
  });
  expect(await traffic.ended).toBe(0);
  expect(await curl.ended).toBe(0);

  const client = readRequestLog(join(directory, 'a.client.log'));
  const server = readRequestLog(nginx.accessLog);
  expect(client).toHaveLength(2 * 211);
  expect(server).toHaveLength(2 * 211 + 3);
  const byNonce = new Map(server.map((line) => [line.nonce, line]));
  for (const sent of client)
    expect(byNonce.get(sent.nonce)).toMatchObject({ method: sent.method, status: sent.status });
  const forwarded = server.filter((line) => line.target.startsWith('/api/'));
  expect(forwarded.length).toBeGreaterThan(0);
  expect(readRequestLog(service.accessLog)).toHaveLength(forwarded.length);
});
