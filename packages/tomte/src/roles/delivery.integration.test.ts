import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestStore, type TestStore } from '@tomte/testkit';
import { makeAuthority } from '@tomte/workloads';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clickhouseEnvironment } from '../clickhouse-address.ts';
import { readShippedLogs } from '../demo/logs.ts';
import { shippedLogFile, shippedRecording } from '../demo/recorded.ts';
import { VerbProcess } from '../verb-process.ts';

const directory = mkdtempSync(join(tmpdir(), 'tomte-delivery-'));
const verbs: VerbProcess[] = [];
const authority = makeAuthority(directory, 'authority');
const stranger = makeAuthority(directory, 'stranger');
const server = authority.issue('server');
const client = authority.issue('client');
const strangersClient = stranger.issue('strangers-client');
const token = file('token', 'right');
const wrongToken = file('wrong-token', 'wrong');
let store: TestStore;
let collector: string;

beforeAll(async () => {
  store = await startTestStore();
  const options = [
    '--roles',
    'ingest',
    '--listen',
    '127.0.0.1:0',
    '--data',
    directory,
    '--token-file',
    token,
  ];
  const tls = [
    '--tls-cert',
    server.certificate,
    '--tls-key',
    server.key,
    '--tls-agent-ca',
    authority.certificate,
  ];
  const started = start(
    ['collector', ...options, ...tls, '--retention', 'all=20000d'],
    clickhouseEnvironment(store.server),
  );
  await started.ready;
  collector = `127.0.0.1:${started.portOf('ingestPort')}`;
});

afterAll(async () => {
  for (const verb of verbs) verb.kill('SIGKILL');
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, `${text}\n`, { mode: 0o600 });
  return path;
}

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): VerbProcess {
  const verb = new VerbProcess(args, { env });
  verbs.push(verb);
  return verb;
}

const proven = ['--tls-ca', authority.certificate, '--tls-cert', client.certificate, '--tls-key', client.key];

it.each([
  ['without TLS', ['--token-file', token], /COLLECTOR_UNREACHABLE: /],
  [
    'with no certificate of its own',
    ['--token-file', token, '--tls-ca', authority.certificate],
    /COLLECTOR_UNREACHABLE: /,
  ],
  [
    "with a stranger's certificate",
    ['--token-file', token, '--tls-ca', authority.certificate].concat([
      '--tls-cert',
      strangersClient.certificate,
      '--tls-key',
      strangersClient.key,
    ]),
    /COLLECTOR_UNREACHABLE: /,
  ],
  [
    'where the collector is not who it should be',
    ['--token-file', token, '--tls-ca', stranger.certificate],
    /COLLECTOR_UNREACHABLE: .*certificate/,
  ],
  ['with a wrong token', ['--token-file', wrongToken, ...proven], /COLLECTOR_REFUSED_TOKEN: /],
  ['with no token', proven, /COLLECTOR_REFUSED_TOKEN: /],
])('says why nothing is delivered %s, and stays', async (_, options, message) => {
  const replay = start(['replay', shippedRecording, '--collector', collector, ...options]);
  await replay.says(message);
  expect(replay.end).toBeUndefined();
  replay.kill('SIGTERM');
  expect(await replay.ended).toMatchObject({ exitCode: 1 });
  const { rows } = await store.store.query({ sql: 'SELECT count() FROM requests' });
  expect(rows).toEqual([['0']]);
});

it('delivers with both proofs, and what is sent again is not stored again', async () => {
  const { servers } = readShippedLogs(shippedLogFile);
  const sent = servers.reduce((sum, log) => sum + log.lines.length, 0);
  for (let round = 0; round < 2; round += 1) {
    const replay = start([
      'replay',
      shippedRecording,
      '--collector',
      collector,
      '--token-file',
      token,
      ...proven,
    ]);
    expect(await replay.ended).toMatchObject({ exitCode: 0 });
    const sql =
      "SELECT countIf(role = 'server'), uniqExact(query, server_port) FROM requests WHERE role = 'server'";
    const { rows } = await store.store.query({ sql });
    expect(rows).toEqual([[String(sent), String(sent)]]);
  }
});

it('shows and takes certificates of another authority once they are in place of the old', async () => {
  const files = [
    [stranger.issue('renewed').certificate, server.certificate],
    [join(directory, 'renewed.key'), server.key],
    [stranger.certificate, authority.certificate],
    [strangersClient.certificate, client.certificate],
    [strangersClient.key, client.key],
  ] as const;
  for (const [renewed, old] of files) copyFileSync(renewed, old);
  const replay = start([
    'replay',
    shippedRecording,
    '--collector',
    collector,
    '--token-file',
    token,
    ...proven,
  ]);
  expect(await replay.ended).toMatchObject({ exitCode: 0 });
});
