import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { createLiveSource } from '../src/sources/live/live-source.ts';
import type { EventSink } from '../src/sources/source.ts';

/*
 * What the reader of the kernel's ring costs an event, and how many are lost, at a fixed rate of writes of a
 * program of our own. Prints a line of JSON a pair: CPU of this process while nothing comes, and while
 * events come. `pnpm bench ring` runs it; alone, as root:
 *   node packages/agent/bench/ring.bench.ts PAIRS SECONDS WRITES_PER_SECOND WRITER_CORE
 */
const [pairs = 6, seconds = 3, rate = 200_000, core = 0] = process.argv.slice(2).map(Number);
const WRITE_BYTES = 256;
const SETTLE_MS = 300;

/** Writes to a TCP connection of its own with one system call each, at the rate that a line on stdin asks for. */
const writer = `
import fs from 'node:fs'; import net from 'node:net'; import readline from 'node:readline';
const bytes = Buffer.alloc(${WRITE_BYTES}, 'x');
const socket = net.connect(Number(process.argv[1]), '127.0.0.1', () => console.log('ready'));
readline.createInterface({ input: process.stdin }).on('line', async (line) => {
  const [rate, seconds] = line.split(' ').map(Number);
  const start = performance.now(); let written = 0; const total = rate * seconds;
  while (written < total) {
    const due = Math.min(total, ((performance.now() - start) / 1000) * rate);
    try { while (written < due) { fs.writeSync(socket._handle.fd, bytes); written += 1; } }
    catch (error) { if (error.code !== 'EAGAIN') throw error; }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  console.log(String(written));
});`;

/** Takes what the writer writes; not a target. */
const reader = `
import net from 'node:net';
const server = net.createServer((socket) => socket.resume()).listen(0, '127.0.0.1', () => console.log(String(server.address().port)));
process.stdin.resume().on('end', () => process.exit(0));`;

function start(program: string, ...args: string[]): ChildProcess {
  const command = [process.execPath, '--input-type=module', '-e', program, ...args];
  return spawn('taskset', ['-c', String(core), ...command], { stdio: ['pipe', 'pipe', 'inherit'] });
}

async function line(child: ChildProcess): Promise<string> {
  const [chunk] = (await once(child.stdout ?? process.stdin, 'data')) as [Buffer]; // Proof: a stream's own event.
  return chunk.toString().trim();
}

const nothing = (): void => undefined;

/** Counts what the ring hands over, as the pipeline would get it. */
class CountingSink implements EventSink {
  readonly attached = Promise.withResolvers<void>();
  events = 0;
  bytes = 0;
  lost = 0n;
  data(event: Parameters<EventSink['data']>[0]): void {
    this.events += 1;
    this.bytes += event.bytes.length;
  }
  counters(): void {
    this.attached.resolve();
  }
  loss(event: Parameters<EventSink['loss']>[0]): void {
    this.lost += event.events ?? 0n;
  }
  connection = nothing;
  process = nothing;
  syscalls = nothing;
  probe = nothing;
  clock = nothing;
}

function cpuNs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1_000;
}

/** CPU while nothing comes, then while the writer writes; events that came against writes that were made. */
async function measurePair(sink: CountingSink, child: ChildProcess) {
  const idleStart = { cpu: cpuNs(), ms: performance.now() };
  await delay(seconds * 1_000);
  const idleCores = (cpuNs() - idleStart.cpu) / ((performance.now() - idleStart.ms) * 1e6);
  const before = { cpu: cpuNs(), ms: performance.now(), events: sink.events, bytes: sink.bytes };
  const told = line(child);
  child.stdin?.write(`${rate} ${seconds}\n`);
  const written = Number(await told);
  await delay(SETTLE_MS);
  const elapsedMs = performance.now() - before.ms;
  return {
    idleCores,
    busyNs: cpuNs() - before.cpu,
    elapsedMs,
    written,
    writesPerSecond: written / ((elapsedMs - SETTLE_MS) / 1_000),
    events: sink.events - before.events,
    bytes: sink.bytes - before.bytes,
  };
}

async function main(): Promise<void> {
  const peer = start(reader);
  const port = await line(peer);
  const child = start(writer, port);
  const stopping = new AbortController();
  await line(child);
  const source = await createLiveSource({
    target: { kind: 'only', pids: [child.pid ?? 0] },
    exclude: { pids: [], cgroups: [] },
    tls: false,
  });
  try {
    const sink = new CountingSink();
    const running = source.run(sink, stopping.signal);
    await sink.attached.promise;
    await measurePair(sink, child); // Until everything is compiled.
    for (let pair = 0; pair < pairs; pair += 1)
      process.stdout.write(`${JSON.stringify(await measurePair(sink, child))}\n`);
    stopping.abort();
    await running;
  } finally {
    source.close();
    child.kill();
    peer.stdin?.end();
  }
}

await main();
