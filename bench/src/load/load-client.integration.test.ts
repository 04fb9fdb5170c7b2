import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { LoadClient } from './load-client.ts';
import type { LoadOrder } from './open-loop.ts';

/** Answers at once, but for a pause in the middle; tells at last how many requests it has seen. */
const program = `
import http from 'node:http';
const [stallAt, stallMs] = process.argv.slice(1).map(Number);
let seen = 0;
const server = http.createServer((request, response) => {
  seen += 1;
  if (seen === stallAt) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, stallMs);
  response.end('x'.repeat(101));
});
server.listen(0, '127.0.0.1', () => console.log(String(server.address().port)));
process.stdin.resume().on('end', () => { console.log(String(seen)); process.exit(0); });`;

async function startServer(...args: number[]) {
  const server = spawn(process.execPath, ['--input-type=module', '-e', program, ...args.map(String)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void server.kill('SIGKILL'));
  const nextNumber = async (): Promise<number> => Number((await once(server.stdout, 'data')) as unknown[]);
  const port = await nextNumber();
  const seen = (): Promise<number> => {
    const told = nextNumber();
    server.stdin.end();
    return told;
  };
  return { port, pid: server.pid ?? 0, seen };
}

function orderOf(server: { port: number; pid: number }): LoadOrder {
  return {
    port: server.port,
    targets: ['/a?n=1', '/b?n=2'],
    ratePerSecond: 1_000,
    connections: 7,
    warmUpSeconds: 0.1,
    seconds: 1,
    watch: { serverPid: server.pid, cgroups: [] },
  };
}

test('every request that was due is sent and answered once, by the count of the server itself', async () => {
  const server = await startServer(0, 0);
  const client = new LoadClient({ measured: 0, others: '0', hasRealtime: false });
  onTestFinished(() => client.close());
  const { sent, answered, window } = await client.run(orderOf(server));
  expect([sent, answered, await server.seen()]).toEqual([1_200, 1_200, 1_200]);
  expect(window.serverCpuNs).toBeGreaterThan(0);
  expect(window.serverCpuNsPerRequest).toHaveLength(10);
});

test('a pause of the server is in the latency of all that was due meanwhile, sent or not', async () => {
  const stallMs = 700;
  const server = await startServer(300, stallMs);
  const client = new LoadClient({ measured: 0, others: '0', hasRealtime: false });
  onTestFinished(() => client.close());
  const { sent, answered, window } = await client.run(orderOf(server));
  expect([sent, answered]).toEqual([1_200, 1_200]);
  // Some 700 of 1,000 were due in the pause; a client that waits for answers would have sent 7 of them.
  expect(window.p50Us).toBeGreaterThan(100_000);
  expect(window.p99Us).toBeGreaterThan(500_000);
});
