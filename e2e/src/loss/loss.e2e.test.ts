import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { UpProcess } from '@tomte/tomte/up-process';
import { VerbProcess } from '@tomte/tomte/verb-process';
import {
  findFreePort,
  type LaunchedProgram,
  Launcher,
  type Nginx,
  readRequestLog,
  startNginx,
  startWrk,
} from '@tomte/workloads';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Api } from '../harness/api.ts';
import { until } from '../harness/until.ts';
import { type AgentAccount, readAccount, readToldLosses, type ToldLoss } from './accounts.ts';
import { type Gap, insideOfGaps, outsideOfGaps, type Placed, placeRequests, readGaps } from './places.ts';

/** A few events: far less than arrives between two looks of the agent. */
const RING = '64KiB';
const REQUESTS = 3_001;
const CONNECTIONS = 23;
/** The kernel's counters are read once a second. */
const COUNTERS_MS = 1_500;
/** Reasons for which the event itself is dropped; for others it comes, shorter than it was. */
const WHOLE_EVENTS = ['ring_full', 'map_full', 'tls_unbound'];

let directory: string;
let launcher: Launcher;
let up: UpProcess;
let api: Api;
let agent: VerbProcess;
let nginx: Nginx;
let account: AgentAccount;
let told: readonly ToldLoss[];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tomte-e2e-loss-'));
  launcher = new Launcher();
  const dataDir = join(directory, 'data');
  up = await UpProcess.start({ dataDir, args: ['--no-agent'] });
  api = new Api(up.url);
  const endpointPort = await findFreePort();
  agent = new VerbProcess([
    ...[
      'agent',
      '--only',
      `pid:${launcher.pid}`,
      '--data-ring',
      RING,
      '--endpoint-port',
      String(endpointPort),
    ],
    ...[
      '--collector',
      up.ingest,
      '--token-file',
      join(dataDir, 'ingest.token'),
      '--data',
      join(directory, 'agent'),
    ],
  ]);
  await agent.ready;
  nginx = await startNginx({ launcher, directory });
  await runLoad();
  await untilClosed();
  await delay(COUNTERS_MS);
  account = await readAccount(endpointPort);
  agent.kill('SIGTERM');
  await agent.ended;
  told = await untilTold();
}, 120_000);

afterAll(async () => {
  await launcher.close();
  agent.kill('SIGKILL');
  await up.stop();
  rmSync(directory, { recursive: true });
});

async function runLoad(): Promise<void> {
  const wrks = await Promise.all((['http', 'https'] as const).map(start));
  await until(
    () => readRequestLog(nginx.accessLog).length,
    (count) => count >= 2 * REQUESTS,
  );
  for (const wrk of wrks) wrk.stop('SIGINT');
  for (const wrk of wrks) await wrk.ended;
}

function start(scheme: 'http' | 'https'): Promise<LaunchedProgram> {
  return startWrk({
    ...{ launcher, directory, nginx, scheme, prefix: scheme, path: '/page', connections: CONNECTIONS },
    seconds: 60,
    exactly: { requests: REQUESTS, thinkMs: 10 },
  });
}

/** What was lost at the end of a connection is known when it is closed. */
async function untilClosed(): Promise<void> {
  await until(
    () => api.number(`SELECT count() FROM connections WHERE role = 'server'`),
    (count) => count >= 2 * CONNECTIONS,
  );
}

/** The last rows are on their way when the agent has ended. */
function untilTold(): Promise<readonly ToldLoss[]> {
  return until(
    () => readToldLosses(api),
    (losses) => sumOf(losses, 'events') >= account.droppedEvents,
    10_000,
  );
}

function sumOf(losses: readonly ToldLoss[], what: 'events' | 'bytes'): number {
  return losses.reduce((sum, loss) => sum + loss[what], 0);
}

it('the ring was too small: much was dropped, and much was not', () => {
  expect(account.droppedEvents).toBeGreaterThan(100);
  expect(account.receivedEvents).toBeGreaterThan(100);
});

it('events: captured = received + dropped by reason, exactly', () => {
  expect(account.receivedEvents + account.droppedEvents).toBe(account.capturedEvents);
  expect(sumOf(told, 'events')).toBe(account.droppedEvents);
});

it('bytes: captured = received + dropped with their events, and each reason is told, exactly', () => {
  expect(sumOf(told, 'bytes')).toBe(account.droppedBytes);
  const withEvents = told.filter(({ reason }) => WHOLE_EVENTS.includes(reason));
  expect(account.receivedBytes + sumOf(withEvents, 'bytes')).toBe(account.capturedBytes);
});

interface Sorted {
  readonly whole: readonly Placed[];
  readonly harmed: readonly Placed[];
}

const portOf = (scheme: 'http' | 'https'): number => (scheme === 'https' ? nginx.httpsPort : nginx.httpPort);

const gapsOf = (scheme: 'http' | 'https'): Promise<Gap[]> =>
  readGaps(api, portOf(scheme), scheme === 'https' ? 'tls_data' : 'socket_data');

/** Every request that nginx logged: stored as a whole at its side, or missing or partial. */
async function sorted(scheme: 'http' | 'https'): Promise<Sorted> {
  const rows = await api.rows(
    `SELECT extract(query, 'n=([^&]+)') AS nonce FROM requests
     WHERE server_port = {port:UInt16} AND role = 'server' AND status_code IS NOT NULL AND duration_ns IS NOT NULL
       AND request_missing_bytes = 0 AND (response_missing_bytes = 0 OR missing_reason = 'not_in_memory')`,
    { port: portOf(scheme) },
  );
  const wholeNonces = new Set(rows.map((row) => String(row['nonce'])));
  const placed = placeRequests(readRequestLog(nginx.accessLog).filter((line) => line.scheme === scheme));
  expect(placed).toHaveLength(REQUESTS);
  return {
    whole: placed.filter(({ nonce }) => wholeNonces.has(nonce)),
    harmed: placed.filter(({ nonce }) => !wholeNonces.has(nonce)),
  };
}

it.each(['http', 'https'] as const)(
  'every %s request that is missing or partial lies in a gap that is told, by its bytes',
  async (scheme) => {
    const { harmed } = await sorted(scheme);
    process.stdout.write(`${harmed.length} of ${REQUESTS} ${scheme} requests missing or partial\n`);
    expect(harmed.length).toBeGreaterThan(0);
    expect(outsideOfGaps(harmed, await gapsOf(scheme)).slice(0, 20)).toEqual([]);
  },
);

/** A row each would be thousands: the bodies that nginx hands to sendfile. */
it('what never was in memory is summed: few rows, none with a connection', async () => {
  const [row = {}] = await api.rows(
    `SELECT count() AS rows, countIf(connection_id != 0) AS placed, sumIf(bytes, detail = '') AS summed,
            sumIf(bytes, detail = 'counted in the kernel') AS counted FROM loss WHERE reason = 'not_in_memory'`,
  );
  const { rows, placed, summed, counted } = row;
  expect(Number(placed)).toBe(0);
  expect(Number(summed)).toBe(Number(counted));
  expect(Number(summed)).toBeGreaterThan(0);
  process.stdout.write(`not in memory: ${String(summed)} bytes in ${String(rows)} rows\n`);
});

it.each(['http', 'https'] as const)(
  'no %s request that is whole lies in a gap: every gap is real',
  async (scheme) => {
    const { whole } = await sorted(scheme);
    const gaps = (await gapsOf(scheme)).filter(({ reason }) => reason === 'ring_full');
    expect(gaps.length).toBeGreaterThan(0);
    expect(insideOfGaps(whole, gaps).slice(0, 20)).toEqual([]);
  },
);
