import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Session, startSession } from '../harness/session.ts';
import { until } from '../harness/until.ts';
import { Capture, type CaptureTotals } from './capture.ts';
import { agreement, compare, type Expected } from './compare.ts';
import { compareLatencies } from './latency.ts';
import { readStoredRows, type StoredRow } from './stored-rows.ts';
import { readExchanges, type SeenExchange } from './tshark.ts';
import { CompletenessWorkload, type LoggedAt, REQUESTS } from './workload.ts';

let session: Session;
let workload: CompletenessWorkload;
let exitCodes: Readonly<Record<string, number | null>>;
let packets: CaptureTotals;
let seen: readonly SeenExchange[];
let rows: readonly StoredRow[];

beforeAll(async () => {
  session = await startSession('completeness');
  const { launcher, directory, api } = session;
  workload = await CompletenessWorkload.start(launcher, directory);
  const file = join(directory, 'loopback.pcapng');
  const capture = await Capture.start(file, workload.ports);
  exitCodes = await workload.run();
  packets = await capture.stop();
  const expected = 2 * (2 * REQUESTS + workload.forwarded().length);
  const count = `SELECT count() FROM requests WHERE query LIKE '%n=%'`;
  await until(
    () => api.number(count),
    (stored) => stored >= expected,
  );
  seen = await readExchanges({ file, ...workload.nginx, keyLog: workload.keyLog });
  rows = await readStoredRows(api);
}, 180_000);

afterAll(async () => {
  await session.close();
  await workload.close();
});

function of(role: 'server' | 'client', port: number): StoredRow[] {
  return rows.filter((row) => row.role === role && row.serverPort === port);
}

function portOf(scheme: 'http' | 'https'): number {
  return scheme === 'https' ? workload.nginx.httpsPort : workload.nginx.httpPort;
}

/** 405: nginx throws the body away and does not count it. The client's own count covers that. */
function byNginx(line: LoggedAt): Expected {
  const { nonce, serverPort, method, target, status, responseBytes } = line;
  const requestBytes = status === 405 ? undefined : line.requestBytes;
  return {
    nonce,
    serverPort,
    fields: { method, target, status, requestBytes, responseBytes, encrypted: line.scheme === 'https' },
  };
}

/** nginx counts a chunked body with its framing; the client has taken it apart. */
function byClient({ nonce, serverPort, method, status, requestBytes, bodyBytes }: LoggedAt): Expected {
  return { nonce, serverPort, fields: { method, status, requestBytes, responseBodyBytes: bodyBytes } };
}

function byService({ nonce, serverPort, method, target, status }: LoggedAt): Expected {
  return { nonce, serverPort, fields: { method, target, status, encrypted: false } };
}

function byTshark({ nonce, serverPort, method, target, status, bodyBytes }: SeenExchange): Expected {
  return { nonce, serverPort, fields: { method, target, status, responseBodyBytes: bodyBytes } };
}

it('every client did what it was told, and the capture holds every packet', () => {
  expect(new Set(Object.values(exitCodes))).toEqual(new Set([0]));
  expect(packets.dropped).toBe(0);
  expect(packets.received).toBeGreaterThan(20_000);
});

describe.each(['http', 'https'] as const)('%s', (scheme) => {
  it("at the server, each line of nginx's log is one row: method, target, status and sizes", () => {
    const logged = workload.logged(scheme);
    expect(logged).toHaveLength(REQUESTS);
    expect(compare(logged.map(byNginx), of('server', portOf(scheme)))).toEqual(agreement(REQUESTS));
  });

  it('at the client, each request is one row with the same facts', () => {
    const logged = workload.logged(scheme);
    expect(compare(logged.map(byNginx), of('client', portOf(scheme)))).toEqual(agreement(REQUESTS));
  });

  it('requests are as long as the client wrote them, and bodies as it found them, whatever their framing', () => {
    const answered = workload.answered(scheme);
    const nonces = new Set(answered.map(({ nonce }) => nonce));
    for (const role of ['server', 'client'] as const) {
      const theirs = of(role, portOf(scheme)).filter(({ nonce }) => nonces.has(nonce));
      expect(compare(answered.map(byClient), theirs)).toEqual(agreement(answered.length));
    }
  });
});

it("99.9 % of the latencies at the server are nginx's, within 2 ms or 10 %", () => {
  const logged = [...workload.logged('http'), ...workload.logged('https')];
  const servers = rows.filter(
    ({ role, serverPort }) => role === 'server' && workload.ports.includes(serverPort),
  );
  const { compared, outliers } = compareLatencies(logged, servers);
  process.stdout.write(`${outliers.length} of ${compared} latencies differ\n`);
  for (const outlier of outliers) process.stdout.write(`  ${outlier}\n`);
  expect(compared).toBe(2 * REQUESTS);
  expect(outliers.length).toBeLessThanOrEqual((2 * REQUESTS) / 1_000);
});

it('what nginx asked of the service behind it is there from both ends', () => {
  const forwarded = workload.forwarded();
  expect(forwarded.length).toBeGreaterThan(1_000);
  for (const role of ['server', 'client'] as const) {
    const theirs = of(role, workload.service.port);
    expect(compare(forwarded.map(byService), theirs)).toEqual(agreement(forwarded.length));
  }
});

it('tshark reads the same from the packets: all of HTTP', () => {
  const exchanges = seen.filter(({ serverPort }) => serverPort === workload.nginx.httpPort);
  expect(compare(exchanges.map(byTshark), of('server', workload.nginx.httpPort))).toEqual(
    agreement(REQUESTS),
  );
  expect(exchanges.filter(({ bodyBytes }) => bodyBytes !== undefined).length).toBeGreaterThan(REQUESTS * 0.9);
});

it('tshark reads the same from the packets: HTTPS of the clients that write a key log', () => {
  const exchanges = seen.filter(({ serverPort }) => serverPort === workload.nginx.httpsPort);
  const withKeys = workload.logged('https').filter(({ nonce }) => !nonce.startsWith('w'));
  const nonces = new Set(withKeys.map(({ nonce }) => nonce));
  const theirs = of('server', workload.nginx.httpsPort).filter(({ nonce }) => nonces.has(nonce));
  expect(compare(exchanges.map(byTshark), theirs)).toEqual(agreement(withKeys.length));
});

it('what the kernel dropped, if anything, is told to the last event', async () => {
  const dropped = `SELECT max(dropped_events) FROM agent_status`;
  const told = `SELECT sum(events) FROM loss WHERE detail = 'counted in the kernel' AND source IN ('socket_data', 'tls_data')`;
  const count = await session.api.number(dropped);
  const [used = {}] = await session.api.rows(
    `SELECT max(rss_bytes) AS rss, max(cpu_millicores) AS cpu, groupUniqArray(CAST(governor_step, 'String')) AS steps FROM agent_status`,
  );
  process.stdout.write(`${count} events dropped; the agent used ${JSON.stringify(used)}\n`);
  expect(await session.api.number(told)).toBe(count);
  const shed = await session.api.rows(
    `SELECT reason, sum(events) AS events FROM loss WHERE reason IN ('governor', 'map_full', 'tls_unbound') GROUP BY reason`,
  );
  expect(shed).toEqual([]);
});
