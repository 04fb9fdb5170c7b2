import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { StoreError } from '../errors.ts';
import type { EmbeddedPaths } from './configuration.ts';
import { findLibrary } from './library.ts';

const START_TIMEOUT_MS = 30_000;
const PING_INTERVAL_MS = 20;
/** Idle connections of others would hold a clean stop for 5 s; a kill loses nothing that was answered. */
const STOP_TIMEOUT_MS = 1500;
/** What is kept of the server's last words. */
const MAX_STDERR_CHARACTERS = 4096;

export interface ServerAddress {
  /** What it listens on; it is asked on loopback. */
  readonly host: string;
  readonly httpPort: number;
  /** Value of the Authorization header that the server answers to. */
  readonly authorization: string;
}

export interface ServerChild {
  readonly process: ChildProcess;
  readonly pid: number;
  /** Resolves with the last words when the process has ended, for whatever reason. */
  readonly ended: Promise<string>;
}

function clickhouseArguments(paths: EmbeddedPaths, { host, httpPort }: ServerAddress): string[] {
  // The last statement blocks until something is written to the pipe: that is the stop signal.
  const pipe = paths.stopPipe.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
  const statements = `SYSTEM START LISTEN HTTP; SELECT sum(ignore(*)) FROM file('${pipe}', 'LineAsString')`;
  return [
    'clickhouse',
    ...['--path', paths.data],
    ...['--config-file', paths.configuration],
    ...['--listen_host', host],
    ...['--http_port', String(httpPort)],
    ...['--query', statements],
  ];
}

function spawnServer(paths: EmbeddedPaths, address: ServerAddress): ServerChild {
  const program = join(import.meta.dirname, 'server-process.ts');
  const child = spawn(
    process.execPath,
    [program, findLibrary(), String(process.pid), ...clickhouseArguments(paths, address)],
    { stdio: ['ignore', 'ignore', 'pipe'], cwd: paths.run },
  );
  let lastWords = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-MAX_STDERR_CHARACTERS);
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', () => resolve(lastWords));
  });
  return { process: child, pid: child.pid ?? 0, ended };
}

/** Whether this very server answers: the password is new, so another one on the same port would refuse. */
async function isAnswering(address: ServerAddress): Promise<boolean> {
  const headers = { authorization: address.authorization, connection: 'close' };
  return fetch(`http://127.0.0.1:${address.httpPort}/?query=SELECT%201`, { headers }).then(
    (response) => response.ok,
    () => false,
  );
}

function toStartError(lastWords: string): StoreError {
  const facts = lastWords.trim().split('\n')[0] ?? '';
  if (/another server instance|Cannot lock file/i.test(lastWords))
    return new StoreError('STORE_DATA_DIR_BUSY', facts);
  return new StoreError('STORE_EMBEDDED_FAILED', facts === '' ? 'ClickHouse ended while starting' : facts);
}

/** Starts the process and waits until it answers. */
export async function launchServer(paths: EmbeddedPaths, address: ServerAddress): Promise<ServerChild> {
  const child = spawnServer(paths, address);
  let lastWords: string | undefined;
  void child.ended.then((words) => (lastWords = words));
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline) {
    if (lastWords !== undefined) throw toStartError(lastWords);
    if (await isAnswering(address)) return child;
    await delay(PING_INTERVAL_MS);
  }
  child.process.kill('SIGKILL');
  throw new StoreError('STORE_EMBEDDED_FAILED', `no answer within ${START_TIMEOUT_MS} ms`);
}

/** Writes to the stop pipe; false when nobody reads it. */
function signalStop(paths: EmbeddedPaths): boolean {
  try {
    const pipe = openSync(paths.stopPipe, constants.O_WRONLY | constants.O_NONBLOCK);
    writeSync(pipe, 'stop\n');
    closeSync(pipe);
    return true;
  } catch {
    return false;
  }
}

/** Ends the process: cleanly if it can, else at once. */
export async function stopServer(child: ServerChild, paths: EmbeddedPaths): Promise<void> {
  if (!signalStop(paths)) child.process.kill('SIGKILL');
  const timer = setTimeout(() => child.process.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await child.ended;
  clearTimeout(timer);
}
