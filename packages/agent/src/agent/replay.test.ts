import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@tomte/kit';
import { readBlockRows } from '@tomte/testkit';
import { expandBlocks } from '@tomte/wire';
import type { BlockRow } from '@tomte/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { startRecording } from '../recording/start-recording.ts';
import { createRedactor } from '../redaction/rule-redactor.ts';
import { defaultRedactionRules } from '../redaction/rules.ts';
import { openRecordingSource } from '../sources/recording/recording-source.ts';
import type { EventSink } from '../sources/source.ts';
import { openSpool } from '../spool/spool.ts';
import { buildConnection, buildProcess, ConversationBuilder } from '../testing/event-builders.ts';
import { makeHarness, NOON_NS } from '../testing/pipeline-harness.ts';
import type { AgentConfig } from './config.ts';
import { openEndpoint } from './endpoint.ts';
import { runAgent, startAgent } from './run-agent.ts';

const MS = 1e6;
const EXCHANGES = 997;
const never = new AbortController().signal;
const noPace = (): Promise<void> => Promise.resolve();

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tomte-agent-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Seven connections take turns, each request 3 ms after the one before. */
function play(sink: EventSink, exchanges: number): void {
  sink.clock(0, NOON_NS);
  sink.process(buildProcess({ commandLine: 'nginx --password=hunter2' }));
  const talks = Array.from({ length: 7 }, (_, index) => new ConversationBuilder(index + 1));
  for (const id of talks.keys())
    sink.connection(buildConnection({ connectionId: id + 1, remotePort: 40_000 + id }));
  for (let index = 0; index < exchanges; index += 1) {
    const talk = talks[index % 7] ?? new ConversationBuilder();
    const head = `GET /${index}?token=SECRET${index} HTTP/1.1\r\nCookie: SECRET\r\n\r\n`;
    sink.data(talk.data('received', head, { atNs: index * 3 * MS }));
    sink.data(
      talk.data('sent', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', { atNs: index * 3 * MS + MS }),
    );
  }
}

async function record(
  path: string,
  options: { isRaw?: boolean; maxBytes?: number; maxSeconds?: number } = {},
): Promise<void> {
  const who = { agentId: 'agent-1', bootId: 'boot-1', hostName: 'node-1', clusterName: 'c' };
  const limits = { maxBytes: options.maxBytes ?? 1e9, maxSeconds: options.maxSeconds ?? 3_600 };
  const origin = { monotonicNs: 5n, wallNs: NOON_NS };
  const recording = await startRecording(
    { path, isRaw: options.isRaw ?? false, limits },
    { ...who, origin },
    createRedactor(defaultRedactionRules),
  );
  play(recording.tee(makeHarness().pipeline), EXCHANGES);
  recording.end();
  await recording.close();
}

function config(path: string, directory: string): AgentConfig {
  const who = { agentId: 'other', bootId: 'other', hostName: 'other', clusterName: '' };
  return { source: { kind: 'file', path }, ...who, version: '0', spool: { directory } };
}

/** Everything that a spool holds, in order. */
async function readSpool(
  directory: string,
): Promise<{ spoolId: bigint; payloads: Buffer[]; rows(table: string): BlockRow[] }> {
  const spool = await openSpool({ directory, clock: systemClock(), onLoss: () => undefined });
  const payloads: Buffer[] = [];
  const blocks: Uint8Array[] = [];
  const tables: string[] = [];
  for (let entry = spool.findNext(0); entry !== undefined; entry = spool.findNext(entry.seq)) {
    const payload = (await spool.read(entry)) ?? Buffer.alloc(0);
    payloads.push(payload);
    blocks.push(expandBlocks({ ...entry, payload }) ?? Buffer.alloc(0));
    tables.push(entry.table);
  }
  await spool.close();
  const rows = (table: string): BlockRow[] =>
    blocks.flatMap((block, index) => (tables[index] === table ? readBlockRows(block) : []));
  return { spoolId: spool.spoolId, payloads, rows };
}

test('the same recording gives the same batches, byte for byte, also after an end in the middle', async () => {
  const folder = await makeFolder();
  const path = join(folder, 'a.tomte');
  await record(path);
  await runAgent(config(path, join(folder, 's1')), never);
  const first = await readSpool(join(folder, 's1'));
  expect(first.rows('requests').length).toBe(EXCHANGES);
  expect(first.rows('requests')[0]).toMatchObject({
    agent_id: 'agent-1',
    host_name: 'node-1',
    spool_id: first.spoolId,
  });

  await runAgent(config(path, join(folder, 's2')), never);
  const second = await readSpool(join(folder, 's2'));
  expect(second.spoolId).toBe(first.spoolId);
  expect(second.payloads.map((payload) => payload.toString('hex'))).toEqual(
    first.payloads.map((payload) => payload.toString('hex')),
  );

  // Over the remains of a run that broke off: its spool is made again from the first number.
  await runAgent(config(path, join(folder, 's1')), never);
  const again = await readSpool(join(folder, 's1'));
  expect(again.payloads.map((payload) => payload.toString('hex'))).toEqual(
    first.payloads.map((payload) => payload.toString('hex')),
  );
});

test('a second replay of a file at the same time is refused, and one after it is not', async () => {
  const folder = await makeFolder();
  const path = join(folder, 'a.tomte');
  await record(path);
  const first = await startAgent(config(path, join(folder, 's1')), never);
  await expect(startAgent(config(path, join(folder, 's2')), never)).rejects.toMatchObject({
    code: 'AGENT_CAPTURE_IN_USE',
  });
  await first.done;
  await runAgent(config(path, join(folder, 's2')), never);
});

test('a file that is no capture is let go of', async () => {
  const folder = await makeFolder();
  const path = join(folder, 'none');
  await writeFile(path, 'neither a recording nor a pcap');
  for (const spool of ['s1', 's2'])
    await expect(startAgent(config(path, join(folder, spool)), never)).rejects.toMatchObject({
      code: 'AGENT_CAPTURE_UNKNOWN',
    });
});

test('a file that has grown since, or other rules, make batches of another name', async () => {
  const folder = await makeFolder();
  const path = join(folder, 'whole');
  await record(path);
  const bytes = await readFile(path);
  await writeFile(join(folder, 'part'), bytes.subarray(0, bytes.length - 16)); // Without its end mark.
  const ids: unknown[] = [];
  const spoolOf = async (name: string, more: Partial<AgentConfig> = {}): Promise<void> => {
    const spool = join(folder, `s${ids.length}`);
    await runAgent({ ...config(join(folder, name), spool), ...more }, never).catch(() => undefined);
    ids.push((await readSpool(spool)).spoolId);
  };
  await spoolOf('whole');
  await spoolOf('part');
  await spoolOf('whole', { redaction: { ...defaultRedactionRules, isEnabled: false } });
  await spoolOf('whole', { version: 'another' });
  expect(new Set(ids).size).toBe(4);
});

test('a recording holds no secret, and a raw one holds them all and says so', async () => {
  const folder = await makeFolder();
  await record(join(folder, 'masked'));
  await record(join(folder, 'raw'), { isRaw: true });
  const seen: Record<string, string> = {};
  for (const name of ['masked', 'raw']) {
    const source = await openRecordingSource(join(folder, name), noPace);
    const parts: string[] = [];
    const { pipeline } = makeHarness();
    const sink: EventSink = {
      data: (event) => void parts.push(Buffer.from(event.bytes).toString()),
      process: (event) => void parts.push(event.commandLine),
      connection: (event) => pipeline.connection(event),
      syscalls: () => undefined,
      counters: () => undefined,
      loss: () => undefined,
      probe: () => undefined,
      clock: () => undefined,
    };
    await source.run(sink, never);
    seen[name] = parts.join('');
    expect(source.head.isRaw).toBe(name === 'raw');
  }
  expect(seen['masked']).not.toMatch(/SECRET|hunter2/);
  expect(seen['raw']).toContain('SECRET996');
  expect(seen['masked']).toContain('GET /996?token=*********');
});

test('limits of bytes and of time end a recording properly', async () => {
  const folder = await makeFolder();
  await record(join(folder, 'short'), { maxSeconds: 1 });
  const source = await openRecordingSource(join(folder, 'short'), noPace);
  const harness = makeHarness();
  await source.run(harness.pipeline, never);
  harness.pipeline.stop();
  expect(source.end).toBe('time_limit');
  expect(harness.rows('requests').length).toBe(334);
  await record(join(folder, 'small'), { maxBytes: 2_000 });
  const small = await openRecordingSource(join(folder, 'small'), noPace);
  await small.run(makeHarness().pipeline, never);
  expect(small.end).toBe('byte_limit');
  expect((await readFile(join(folder, 'small'))).length).toBeLessThanOrEqual(2_000);
});

test('a recording that breaks off: its code, what could be read, a loss row', async () => {
  const folder = await makeFolder();
  const path = join(folder, 'a');
  await record(path);
  const { length } = await readFile(path);
  await truncate(path, length - 16);
  await expect(runAgent(config(path, join(folder, 's')), never)).rejects.toMatchObject({
    code: 'AGENT_RECORDING_TRUNCATED',
  });
  const found = await readSpool(join(folder, 's'));
  expect(found.rows('requests').length).toBe(EXCHANGES);
  expect(found.rows('loss')).toMatchObject([{ reason: 'recording_truncated', events: null, bytes: null }]);
});

test('no damage of a recording makes anything but an error with a code', async () => {
  const folder = await makeFolder();
  const path = join(folder, 'a');
  await record(path);
  const whole = await readFile(path);
  for (let at = 0; at < whole.length; at += 499) {
    const damaged = Buffer.from(whole);
    damaged[at] = (damaged[at] ?? 0) ^ 0x5a;
    const broken = join(folder, 'broken');
    await writeFile(broken, damaged);
    const run = openRecordingSource(broken, noPace).then((source) =>
      source.run(makeHarness().pipeline, never),
    );
    await expect(run, `byte ${at}`).rejects.toMatchObject({
      code: expect.stringMatching(/^AGENT_RECORDING_|^AGENT_CAPTURE_/),
    });
  }
});

test('a file that is no capture is refused', async () => {
  const folder = await makeFolder();
  await writeFile(join(folder, 'x'), 'GET / HTTP/1.1\r\n\r\n and more of it');
  await expect(runAgent(config(join(folder, 'x'), join(folder, 's')), never)).rejects.toMatchObject({
    code: 'AGENT_CAPTURE_UNKNOWN',
  });
  await expect(runAgent(config(join(folder, 'none'), join(folder, 's')), never)).rejects.toMatchObject({
    code: 'AGENT_CAPTURE_UNREADABLE',
  });
  expect(await readdir(folder)).toEqual(['x']);
});

test('the endpoint answers this machine and no page of a browser', async () => {
  const endpoint = await openEndpoint(
    { kind: 'loopback', host: '127.0.0.1', port: 0 },
    { '/status': () => ({ a: 1n }) },
  );
  onTestFinished(() => endpoint.close());
  const ask = (path: string, headers: Record<string, string> = {}): Promise<string> =>
    new Promise((resolve, reject) => {
      httpRequest({ host: '127.0.0.1', port: endpoint.port, path, headers }, (response) => {
        let text = String(response.statusCode);
        response.on('data', (part: Buffer) => (text += part.toString()));
        response.on('end', () => resolve(text));
      })
        .on('error', reject)
        .end();
    });
  expect(await ask('/status')).toBe('200{"a":"1"}');
  expect(await ask('/status', { host: 'evil.example' })).toMatch(/^403/);
  expect(await ask('/status', { origin: 'http://evil.example' })).toMatch(/^403/);
  expect(await ask('/__proto__')).toMatch(/^404/);
});
