import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { runVerb, VerbProcess } from '@tomte/tomte/verb-process';
import { Compression, MAX_BATCH_BYTES, NackReason } from '@tomte/wire';
import { findFreePort, type Nginx, startNginx } from '@tomte/workloads';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Session, startSession } from '../harness/session.ts';
import { until } from '../harness/until.ts';
import { codeOf, documentedCodes, errorCode } from './error-codes.ts';
import { ForeignAgent, readTokenOf } from './foreign-agent.ts';
import { hostileStatements } from './statements.ts';

const shippedRecording = fileURLToPath(
  new URL('../../../packages/tomte/recordings/demo.tomte', import.meta.url),
);
const GIB = 1024 ** 3;
/** What a line of 1 GiB may cost the agent at most, beside what it had. */
const MEMORY_BOUND_BYTES = 64 * 1024 ** 2;

/** The recording was made before, in Unix time. */
const startedAt = Math.floor(Date.now() / 1_000);

let session: Session;
let nginx: Nginx;
let pids: readonly (number | undefined)[];
let dataDir: string;

const partPids = (): readonly (number | undefined)[] =>
  ['agent', 'collector', 'clickhouse'].map((part) => session.up.pidOf(part));

/** One request that is served as ever, and its one row. */
async function expectOneRequestIsOneRow(nonce: string): Promise<void> {
  expect((await fetch(`http://127.0.0.1:${nginx.httpPort}/tiny?n=${nonce}`)).status).toBe(200);
  const count = (): Promise<number> =>
    session.api.number(`SELECT count() FROM requests WHERE query = {query:String}`, { query: `n=${nonce}` });
  expect(await until(count, (rows) => rows > 0)).toBe(1);
}

beforeAll(async () => {
  session = await startSession('hostile');
  dataDir = join(session.directory, 'data');
  nginx = await startNginx({ launcher: session.launcher, directory: session.directory });
  pids = partPids();
  await expectOneRequestIsOneRow('before');
});

let round = 0;
afterEach(async () => {
  expect(partPids()).toEqual(pids);
  await expectOneRequestIsOneRow(`after${(round += 1)}`);
});

afterAll(() => session.close());

describe('SQL of strangers', () => {
  it('is refused with a code when it writes, leaves the machine or looks where it may not', async () => {
    const writtenFile = join(session.directory, 'written-by-sql');
    const answered: string[] = [];
    for (const statement of hostileStatements(writtenFile)) {
      const { status, body } = await session.api.askSql(statement);
      const isRefused = status >= 400 && status < 500 && documentedCodes.has(String(body['code']));
      if (!isRefused) answered.push(`${status} ${String(body['code'])}: ${statement}`);
      expect(JSON.stringify(body)).not.toContain('root:x:0');
    }
    expect(answered).toEqual([]);
    expect(existsSync(writtenFile)).toBe(false);
  });
});

describe('the API', () => {
  it.each([
    ['/api/v1/requests?nosuch=1', 400, 'QUERY_COLUMN_UNKNOWN'],
    ['/api/v1/requests?method.like=GET', 400, 'QUERY_OPERATOR_INVALID'],
    ['/api/v1/requests?status_code=many', 400, 'QUERY_VALUE_INVALID'],
    ["/api/v1/requests?path=x'%20OR%201=1--&status_code.ge=1)%20OR%20(1", 400, 'QUERY_VALUE_INVALID'],
    ['/api/v1/requests?from=yesterday', 400, 'QUERY_TIME_INVALID'],
    ['/api/v1/requests?from=-1m&to=-2m', 400, 'QUERY_RANGE_INVALID'],
    ['/api/v1/requests?limit=-1', 400, 'QUERY_LIMIT_INVALID'],
    ['/api/v1/requests?cursor=AAAA', 400, 'QUERY_CURSOR_INVALID'],
    ['/api/v1/requests?format=xml', 400, 'API_FORMAT_UNKNOWN'],
    ['/api/v1/requests/1;DROP', 400, 'QUERY_ID_INVALID'],
    ['/api/v1/views/..%2f..%2fetc%2fpasswd', 404, 'QUERY_VIEW_UNKNOWN'],
    ['/api/v1/../../etc/passwd', 404, 'API_ROUTE_UNKNOWN'],
  ])('%s', async (path, status, code) => {
    const answer = await session.api.ask(path);
    expect(answer).toMatchObject({ status, body: { status, code } });
    expect(documentedCodes).toContain(code);
  });
});

describe('the port for agents', () => {
  it('ends a stream of another protocol version as such', async () => {
    const agent = new ForeignAgent(session.up.ingest, await readTokenOf(dataDir));
    agent.sayHello(99);
    expect(await agent.ended).toMatchObject({ code: 9, details: expect.stringContaining('protocol 99') });
    agent.close();
  });

  it('ends a stream of bytes that are no message', async () => {
    const agent = new ForeignAgent(session.up.ingest, await readTokenOf(dataDir));
    agent.sendBytes(Buffer.alloc(1_009, 0xff));
    expect((await agent.ended).code).toBeGreaterThan(0);
    agent.close();
  });

  it('refuses a batch over the limit, tells of it, and hears the stream on', async () => {
    const agent = new ForeignAgent(session.up.ingest, await readTokenOf(dataDir));
    agent.sayHello(1);
    await agent.heard('welcome');
    const batch = {
      seq: 1,
      table: 'requests',
      day: 20_000,
      rows: 1,
      firstTimeNs: 1n,
      lastTimeNs: 1n,
      payloadCrc32c: 0,
      resent: false,
      payload: new Uint8Array(MAX_BATCH_BYTES + 1),
      compression: Compression.NONE,
      blockBytes: 0,
    };
    agent.send({ kind: { $case: 'batch', batch } });
    const { nack } = await agent.heard('nack');
    expect(nack).toMatchObject({ seq: 1, reason: NackReason.OVERSIZED, retryable: false });
    const told = await until(
      () => session.api.number(`SELECT sum(events) FROM loss WHERE reason = 'batch_refused'`),
      (rows) => rows > 0,
    );
    expect(told).toBe(1);
    agent.close();
  });

  it('ends a stream of a message beyond every limit', async () => {
    const agent = new ForeignAgent(session.up.ingest, await readTokenOf(dataDir));
    agent.sendBytes(Buffer.alloc(2 * MAX_BATCH_BYTES));
    expect((await agent.ended).code).toBe(8);
    agent.close();
  });

  it('hangs up on what is no HTTP/2', async () => {
    const [host = '', port = ''] = session.up.ingest.split(':');
    const socket = connect({ host, port: Number(port) });
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined).resume();
    socket.write(Buffer.alloc(65_536, 0x5a));
    await closed;
  });

  it('takes nothing from an agent with a wrong token, which says so', async () => {
    const tokenFile = join(session.directory, 'wrong.token');
    writeFileSync(tokenFile, 'wrong\n');
    const requests = await session.api.number('SELECT count() FROM requests');
    const replay = new VerbProcess([
      'replay',
      shippedRecording,
      '--collector',
      session.up.ingest,
      '--token-file',
      tokenFile,
    ]);
    await replay.ready;
    await replay.says(errorCode);
    expect(codeOf(replay.stderr)).toBe('COLLECTOR_REFUSED_TOKEN');
    expect(documentedCodes).toContain('COLLECTOR_REFUSED_TOKEN');
    replay.kill('SIGTERM');
    await replay.ended;
    expect(await session.api.number('SELECT count() FROM requests')).toBe(requests);
  });
});

describe('recordings', () => {
  const whole = readFileSync(shippedRecording);
  const damagedHead = Buffer.from(whole);
  damagedHead.fill(0xff, 20, 40);
  const otherVersion = Buffer.from(whole);
  otherVersion.writeUInt32LE(99, 8);

  it.each([
    ['cut off', whole.subarray(0, Math.floor(whole.length / 2)), 1, 'AGENT_RECORDING_TRUNCATED'],
    ['with a damaged head', damagedHead, 2, 'AGENT_RECORDING_DAMAGED'],
    ['of another version', otherVersion, 2, 'AGENT_RECORDING_VERSION'],
    ['that is none', Buffer.from('no capture at all'), 2, 'AGENT_CAPTURE_UNKNOWN'],
  ])('one %s', async (_, bytes, exitCode, code) => {
    const path = join(session.directory, `${code}.tomte`);
    writeFileSync(path, bytes);
    const end = await runVerb(['replay', path, '--data', dataDir]);
    expect(end).toMatchObject({ exitCode });
    expect(codeOf(end.stderr)).toBe(code);
    expect(documentedCodes).toContain(code);
  });

  it('what stands before the break is stored, and the break is told', async () => {
    const rowsOfBefore = (table: string, filter: string): Promise<number> =>
      session.api.number(
        `SELECT count() FROM ${table} WHERE toUnixTimestamp(start_time) < {startedAt:UInt32} AND ${filter}`,
        { startedAt },
      );
    expect(await rowsOfBefore('requests', 'true')).toBeGreaterThan(100);
    expect(await rowsOfBefore('loss', `reason = 'recording_truncated'`)).toBe(1);
  });
});

describe('a spool', () => {
  /** An agent without a collector leaves its batches in its spool. */
  async function fillSpool(folder: string): Promise<void> {
    mkdirSync(folder);
    const target = ['--only', `pid:${session.launcher.pid}`, '--data', folder, '--collector', '127.0.0.1:1'];
    const agent = new VerbProcess(['agent', ...target]);
    await agent.ready;
    for (let index = 0; index < 23; index += 1)
      await fetch(`http://127.0.0.1:${nginx.httpPort}/tiny?n=spooled${index}`);
    agent.kill('SIGTERM');
    expect(await agent.ended).toMatchObject({ exitCode: 0 });
  }

  it('with a damaged batch loses that one alone, and tells of it', async () => {
    const folder = join(session.directory, 'damaged');
    await fillSpool(folder);
    const spool = join(folder, 'spool');
    const segment = join(spool, readdirSync(spool).find((name) => name.endsWith('.segment')) ?? '');
    const bytes = readFileSync(segment);
    bytes.fill(0xff, bytes.length - 32, bytes.length - 16);
    writeFileSync(segment, bytes);

    const agent = new VerbProcess([
      ...[
        'agent',
        '--only',
        `pid:${session.launcher.pid}`,
        '--data',
        folder,
        '--collector',
        session.up.ingest,
      ],
      ...['--token-file', join(dataDir, 'ingest.token')],
    ]);
    await agent.ready;
    const told = await until(
      () =>
        session.api.number(`SELECT count() FROM loss WHERE source = 'spool' AND reason = 'spool_corrupt'`),
      (rows) => rows > 0,
    );
    agent.kill('SIGTERM');
    await agent.ended;
    expect(told).toBe(1);
    expect(readdirSync(join(spool, 'quarantine'))).not.toEqual([]);
  });
});

describe('flags', () => {
  it.each([
    [['up'], 2, 'TOMTE_TARGET_MISSING'],
    [['up', '--only', 'pid:x'], 2, 'TOMTE_TARGET_INVALID'],
    [['up', '--only', 'pid:1', '--all'], 2, 'TOMTE_TARGET_CONFLICT'],
    [['up', '--no-agent', '--port', '99999'], 2, 'TOMTE_PORT_INVALID'],
    [['agent', '--only', 'pid:1', '--collector', 'nowhere'], 2, 'TOMTE_ADDRESS_INVALID'],
    [['agent', '--only', 'pid:1', '--exclude-pid', '-1'], 2, 'TOMTE_PID_INVALID'],
    [['record', '--only', 'cgroup:/sys/fs/cgroup/nosuch', '-o', '/dev/null'], 2, 'TOMTE_TARGET_NOT_FOUND'],
    [['record', '--only', 'exe:/nosuch', '-o', '/dev/null'], 2, 'TOMTE_TARGET_NOT_FOUND'],
    [['collector', '--roles', 'queen'], 2, 'TOMTE_ROLE_UNKNOWN'],
    [['record', '--only', 'pid:1', '-o', '/dev/null', '--seconds', '0'], 2, 'TOMTE_SECONDS_INVALID'],
    [['requests', '--url', 'http://127.0.0.1:1'], 1, 'CLI_API_UNREACHABLE'],
    [['requests', '--url', 'gopher://x'], 2, 'CLI_URL_INVALID'],
    [['replay', '/nonexistent', '--collector', '127.0.0.1:1'], 2, 'AGENT_CAPTURE_UNREADABLE'],
  ] as const)('%j', async (args, exitCode, code) => {
    const end = await runVerb([
      ...args,
      ...(args[0] === 'up' ? ['--data', join(session.directory, 'unused')] : []),
    ]);
    expect(end).toMatchObject({ exitCode });
    expect(codeOf(end.stderr)).toBe(code);
    expect(documentedCodes).toContain(code);
  });

  it('a second `tomte up` in the same data folder is turned away', async () => {
    const end = await runVerb(['up', '--no-agent', '--port', '0', '--data', dataDir]);
    expect(end.exitCode).not.toBe(0);
    expect(codeOf(end.stderr)).toBe('STORE_DATA_DIR_BUSY');
  });
});

describe('a header line of 1 GiB', () => {
  it('is cut at the limit, told, and costs the agent no memory', async () => {
    const { launcher, directory, api } = session;
    const script = fileURLToPath(new URL('testdata/header-line.py', import.meta.url));
    const port = await findFreePort();
    const output = { outputFile: join(directory, 'header-line.out') };
    const server = await launcher.start('python3', [script, 'serve', String(port)], output);
    await delay(500);
    const agent = session.up.pidOf('agent') ?? 0;
    const before = residentBytes(agent);
    const client = await launcher.start(
      'python3',
      [script, 'ask', String(port), String(GIB), 'line'],
      output,
    );
    let peak = before;
    let isDone = false;
    void client.ended.then(() => (isDone = true));
    while (!isDone) {
      peak = Math.max(peak, residentBytes(agent));
      await delay(50);
    }
    expect(await client.ended).toBe(0);
    server.stop();
    expect(peak - before).toBeLessThan(MEMORY_BOUND_BYTES);
    const told = await until(
      () =>
        api.number(
          `SELECT sum(bytes) FROM loss WHERE reason IN ('parser_limit', 'ring_full', 'parser_resync', 'capture_limit')`,
        ),
      (bytes) => bytes > GIB / 2,
    );
    expect(told).toBeGreaterThan(GIB / 2);
  }, 120_000);
});

/** Private memory of a process: the rings, which it maps, are the kernel's (proc(5), status). */
function residentBytes(pid: number): number {
  const kibibytes = /^RssAnon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kibibytes) * 1024;
}
