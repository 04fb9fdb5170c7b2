import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { observe, WaitingChild } from './live-harness.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tomte-static-tls-'));
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  const names = ['-keyout', 'key.pem', '-out', 'chain.pem', '-subj', '/CN=localhost', '-days', '2'];
  run('openssl', ['req', '-x509', '-nodes', ...curve, ...names]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(command: string, words: readonly string[]): void {
  execFileSync(command, words, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], timeout: 60_000 });
}

const triple = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';

/** Folder of Debian's static libraries: the system's, or unpacked from the package. */
function staticRoot(): string {
  if (existsSync(`/usr/lib/${triple}/libssl.a`)) return '/';
  run('apt-get', ['download', '--quiet', 'libssl-dev']);
  run('sh', ['-c', 'dpkg-deb -x libssl-dev_*.deb .']);
  return folder;
}

function buildStatic(): string {
  const root = staticRoot();
  const source = fileURLToPath(new URL('testdata/static-tls.c', import.meta.url));
  const includes = [`-I${join(root, 'usr/include')}`, `-I${join(root, 'usr/include', triple)}`];
  const libraries = ['libssl.a', 'libcrypto.a'].map((name) => join(root, 'usr/lib', triple, name));
  run('gcc', ['-O2', '-o', 'static-tls', source, ...includes, ...libraries, '-lpthread', '-ldl']);
  return join(folder, 'static-tls');
}

interface Exchange {
  readonly localPort: number;
  readonly remotePort: number;
  readonly sent: string;
  readonly received: string;
}

it('finds the library inside of an executable, and its _ex functions', async () => {
  const seen = await observe(new WaitingChild(buildStatic(), [folder]), { tls: true });
  const [said] = JSON.parse(seen.said) as Exchange[]; // static-tls.c prints it so.
  const text = (local: number | undefined, direction: 'sent' | 'received'): string => {
    const found = seen.recorder.connections.find(({ localPort }) => localPort === local);
    const pieces = seen.recorder.piecesOf(found?.connectionId ?? 0, direction, 'tls');
    return pieces.map(({ bytes }) => bytes.toString('latin1')).join('');
  };
  expect(said?.sent.length).toBeGreaterThan(0);
  expect(text(said?.localPort, 'sent')).toBe(said?.sent);
  expect(text(said?.localPort, 'received')).toBe(said?.received);
  expect(text(said?.remotePort, 'sent')).toBe(said?.received);
  expect(text(said?.remotePort, 'received')).toBe(said?.sent);
  // The structures of libcrypto are read off the executable itself.
  expect(seen.accounts.bindingWalks).toMatchObject({ agrees: 2, disagrees: 0, layoutUnknown: 0 });
});

it('probes Node’s own OpenSSL, whose records it moves itself: plaintext is counted, its connections are unbound', async () => {
  const script = fileURLToPath(new URL('testdata/node-tls.ts', import.meta.url));
  const seen = await observe(new WaitingChild(process.execPath, [script, folder]), { tls: true });
  const said = JSON.parse(seen.said) as { localPort: number; remotePort: number }; // node-tls.ts prints it so.
  const probed = seen.recorder.probes.filter(
    ({ target, state }) => state === 'attached' && target.endsWith('/node'),
  );
  expect(probed.map(({ probe }) => probe)).toEqual(expect.arrayContaining(['SSL_read', 'SSL_write']));
  const unbound = seen.recorder.connections.filter(({ kind }) => kind === 'tls_unbound');
  expect(unbound.map(({ localPort }) => localPort).sort()).toEqual([said.localPort, said.remotePort].sort());
  const question = 'question of Node'.length;
  const answer = 'answer to question of Node'.length;
  // Each end writes and reads: both texts are counted twice.
  expect(seen.accounts.tlsData.capturedBytes).toBe(2 * (question + answer));
  expect(seen.accounts.tlsData.droppedBytes.reduce((sum, bytes) => sum + bytes, 0)).toBe(
    seen.accounts.tlsData.capturedBytes,
  );
});
