import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { observe, WaitingChild } from './live-harness.ts';
import type { Observation } from './live-harness.ts';

interface Exchange {
  readonly scenario: string;
  readonly localPort: number;
  readonly remotePort: number;
  readonly retries: number;
  readonly sentBytes: number;
  readonly sent: string;
  readonly receivedBytes: number;
  readonly received: string;
}

/** A wheel that carries libssl.so.1.1 and its libcrypto side by side. */
const WHEEL = 'mysql-connector-python==8.0.33';

let folder: string;
let observation: Observation;
let exchanges: Exchange[];

function run(command: string, words: readonly string[]): void {
  execFileSync(command, words, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], timeout: 60_000 });
}

function fetchLibrary(): string {
  const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const platforms = ['manylinux1', 'manylinux2014'].flatMap((name) => ['--platform', `${name}_${machine}`]);
  const choice = ['--no-deps', '--only-binary', ':all:', '--python-version', '3.11', ...platforms];
  run('pip', ['download', '--quiet', ...choice, '--dest', '.', WHEEL]);
  run('python3', ['-m', 'zipfile', '-e', ...globSync('*.whl', { cwd: folder }), 'out']);
  const [library = ''] = globSync('out/mysql/vendor/libssl.so.1.1', { cwd: folder });
  return join(folder, library);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tomte-openssl11-'));
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  const names = ['-keyout', 'key.pem', '-out', 'chain.pem', '-subj', '/CN=localhost', '-days', '2'];
  run('openssl', ['req', '-x509', '-nodes', ...curve, ...names]);
  const script = fileURLToPath(new URL('testdata/openssl11.py', import.meta.url));
  const child = new WaitingChild('/usr/bin/python3', [script, fetchLibrary(), folder]);
  observation = await observe(child, { tls: true, captureLimitBytes: 512 << 10 });
  exchanges = JSON.parse(observation.said) as Exchange[]; // openssl11.py prints it so.
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Plaintext that one end moved in one direction, which must be without hole or overlap. */
function plaintext(localPort: number, remotePort: number, direction: 'sent' | 'received') {
  const found = observation.recorder.connections.find(
    (event) => event.localPort === localPort && event.remotePort === remotePort,
  );
  const hash = createHash('sha256');
  let bytes = 0;
  for (const piece of observation.recorder.piecesOf(found?.connectionId ?? 0, direction, 'tls')) {
    expect(piece.position).toBe(bytes);
    bytes += piece.bytes.length;
    hash.update(piece.bytes);
  }
  return { bytes, sha256: hash.digest('hex') };
}

describe('plaintext of a program that uses OpenSSL 1.1', () => {
  it.each([
    ['plain', 7],
    ['retry', 1],
    ['retry_moving', 1],
    ['retry_partial', 1],
  ])('%s: whole, once, at both ends, on the right connection', (scenario, count) => {
    const mine = exchanges.filter((exchange) => exchange.scenario === scenario);
    expect(mine).toHaveLength(count);
    for (const { localPort, remotePort, retries, ...said } of mine) {
      // Only a write that was called again shows that it is not counted twice.
      if (scenario === 'plain') expect(retries).toBe(0);
      else expect(retries).toBeGreaterThan(0);
      const question = { bytes: said.sentBytes, sha256: said.sent };
      const answer = { bytes: said.receivedBytes, sha256: said.received };
      expect(plaintext(localPort, remotePort, 'sent')).toEqual(question);
      expect(plaintext(remotePort, localPort, 'received')).toEqual(question);
      expect(plaintext(remotePort, localPort, 'sent')).toEqual(answer);
      expect(plaintext(localPort, remotePort, 'received')).toEqual(answer);
    }
  });

  it('has each end bound, which its SSL object confirms', () => {
    expect(observation.recorder.connections.filter(({ kind }) => kind === 'tls_bound')).toHaveLength(20);
    expect(observation.accounts.bindingWalks).toEqual({
      agrees: 20,
      disagrees: 0,
      layoutUnknown: 0,
      noDescriptor: 0,
      readFault: 0,
    });
    expect(observation.accounts.tlsData.droppedBytes.every((bytes) => bytes === 0)).toBe(true);
  });
});
