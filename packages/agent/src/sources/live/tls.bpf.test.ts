import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { observe, WaitingChild } from './live-harness.ts';
import type { Observation } from './live-harness.ts';

interface Exchange {
  readonly scenario: string;
  readonly localPort: number;
  readonly remotePort: number;
  readonly sent: string;
  readonly received: string;
}

// Debian's own interpreter: its libssl is the system's, loaded dynamically.
const PYTHON = '/usr/bin/python3';

function tlsProgram(...scenarios: string[]): WaitingChild {
  const script = fileURLToPath(new URL('testdata/tls.py', import.meta.url));
  return new WaitingChild(PYTHON, [script, ...scenarios]);
}

/** Plaintext of one direction, which must be without hole. */
function plaintext(observation: Observation, connectionId: number, direction: 'sent' | 'received'): string {
  let text = '';
  for (const piece of observation.recorder.piecesOf(connectionId, direction, 'tls')) {
    expect(piece.position).toBe(text.length);
    text += piece.bytes.toString('latin1');
  }
  return text;
}

function idOf(observation: Observation, localPort: number, remotePort: number): number {
  const found = observation.recorder.connections.find(
    (event) => event.localPort === localPort && event.remotePort === remotePort,
  );
  return found?.connectionId ?? 0;
}

let observation: Observation;
let exchanges: Exchange[];

describe('plaintext of programs that use the system OpenSSL', () => {
  beforeAll(async () => {
    observation = await observe(tlsProgram('blocking', 'nested', 'curl'), { tls: true });
    exchanges = JSON.parse(observation.said) as Exchange[]; // tls.py prints it so.
  });

  it.each(['blocking', 'nested_inner', 'nested_outer'])(
    '%s: whole, at both ends, on the right connection',
    (scenario) => {
      const mine = exchanges.filter((exchange) => exchange.scenario === scenario);
      expect(mine.length).toBe(scenario === 'blocking' ? 11 : 1);
      for (const { localPort, remotePort, sent, received } of mine) {
        const client = idOf(observation, localPort, remotePort);
        const server = idOf(observation, remotePort, localPort);
        expect(plaintext(observation, client, 'sent')).toBe(sent);
        expect(plaintext(observation, client, 'received')).toBe(received);
        expect(plaintext(observation, server, 'received')).toBe(sent);
        expect(plaintext(observation, server, 'sent')).toBe(received);
      }
    },
  );

  it('tells that each is bound before its first plaintext, and ships of the ciphertext the handshake alone', () => {
    for (const { localPort, remotePort } of exchanges) {
      const id = idOf(observation, localPort, remotePort);
      const bound = observation.recorder.connections.filter(
        ({ connectionId, kind }) => connectionId === id && kind === 'tls_bound',
      );
      expect(bound).toHaveLength(1);
      const first = observation.recorder.piecesOf(id, 'sent', 'tls')[0];
      expect(bound[0]?.order).toBeLessThan(first?.order ?? -1);
      const shipped = observation.recorder
        .piecesOf(id, 'received')
        .reduce((sum, { bytes }) => sum + bytes.length, 0);
      expect(shipped).toBeLessThanOrEqual(4096);
    }
  });

  it('sees curl, which lives for some milliseconds only', () => {
    const texts = [...observation.recorder.pieces.values()]
      .flat()
      .map(({ bytes }) => bytes.toString('latin1'));
    expect(texts.filter((text) => text.startsWith('GET /from-curl HTTP/1.1\r\n'))).toHaveLength(2);
  });

  it('leaves the plain exchange inside of a handshake alone', () => {
    const texts = [...observation.recorder.pieces.values()]
      .flat()
      .filter(({ isPlaintextOfTls }) => !isPlaintextOfTls)
      .map(({ bytes }) => bytes.toString('latin1'));
    expect(texts.filter((text) => text === 'plain inside of TLS')).toHaveLength(2);
  });

  it('has each binding confirmed by the SSL object, but for the BIO of curl, which has no descriptor', () => {
    const bound = observation.recorder.connections.filter(({ kind }) => kind === 'tls_bound').length;
    // Both ends of 11 + 2 connections of Python, and its end of curl's.
    expect(observation.accounts.bindingWalks).toEqual({
      agrees: 27,
      disagrees: 0,
      layoutUnknown: 0,
      noDescriptor: 1,
      readFault: 0,
    });
    expect(bound).toBe(28);
    const [told] = observation.recorder.probes.filter(({ probe }) => probe === 'tls_binding').slice(-1);
    expect(told?.detail).toContain('confirmed by the SSL object: 27; refused, it has another: 0;');
  });

  it('accounts for every event and byte', () => {
    const { socketData, tlsData, shipped } = observation.accounts;
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    const dropped = sum(socketData.droppedEvents) + sum(tlsData.droppedEvents);
    expect(shipped.events + dropped).toBe(socketData.capturedEvents + tlsData.capturedEvents);
    expect(sum(tlsData.droppedBytes)).toBe(0);
  });
});

/** Every exchange of both ends in plaintext, as the program itself says. */
function expectPlaintext(seen: Observation, count: number): void {
  const said = JSON.parse(seen.said) as Exchange[]; // tls.py prints it so.
  expect(said).toHaveLength(count);
  for (const { localPort, remotePort, sent, received } of said) {
    expect(plaintext(seen, idOf(seen, localPort, remotePort), 'sent')).toBe(sent);
    expect(plaintext(seen, idOf(seen, localPort, remotePort), 'received')).toBe(received);
    expect(plaintext(seen, idOf(seen, remotePort, localPort), 'received')).toBe(sent);
  }
}

it('reads the same by one perf event a place, for kernels without uprobe_multi', async () => {
  const seen = await observe(tlsProgram('blocking'), { tls: true, uprobeMethod: 'uprobe' });
  const attached = seen.recorder.probes.filter(
    ({ state, probe }) => state === 'attached' && /^SSL_/.test(probe),
  );
  expect(attached.length).toBeGreaterThan(3);
  expect(attached.filter(({ method }) => !method.startsWith('uprobe '))).toEqual([]);
  expectPlaintext(seen, 11);
});

it('finds the library of a container: another file under the same name, in another root', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tomte-container-'));
  try {
    const [root, copy] = [join(folder, 'root'), join(folder, 'libssl.so')];
    const library = realpathSync(
      `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/libssl.so.3`,
    );
    mkdirSync(root);
    copyFileSync(library, copy);
    const script = fileURLToPath(new URL('testdata/container.sh', import.meta.url));
    const program = [PYTHON, '/testdata/tls.py', 'blocking'];
    const child = new WaitingChild('unshare', ['--mount', 'sh', script, root, copy, library, ...program]);
    const seen = await observe(child, { tls: true });
    const files = seen.recorder.probes.filter(
      ({ probe, state }) => probe === 'SSL_read' && state === 'attached',
    );
    expect(files.length).toBeGreaterThan(1); // The system’s own, and the copy.
    expect(seen.accounts.bindingWalks).toMatchObject({ agrees: 22, disagrees: 0, layoutUnknown: 0 });
    expectPlaintext(seen, 11);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('binds nothing on a guess: records that the program moves itself are counted as unbound', async () => {
  const { recorder, accounts } = await observe(tlsProgram('memory'), { tls: true });
  const pieces = [...recorder.pieces.values()].flat();
  expect(pieces.filter(({ isPlaintextOfTls }) => isPlaintextOfTls)).toEqual([]);
  expect(recorder.connections.filter(({ kind }) => kind === 'tls_bound')).toEqual([]);
  const unbound = recorder.losses.filter(({ reason }) => reason === 'tls_unbound');
  const bytes = unbound.reduce((sum, loss) => sum + Number(loss.bytes ?? 0n), 0);
  expect(bytes).toBe(accounts.tlsData.capturedBytes);
  expect(bytes).toBeGreaterThan(0);
  // Each of the two ends says so before it ends.
  const told = recorder.connections.filter(({ kind }) => kind === 'tls_unbound');
  const ids = new Set(told.map(({ connectionId }) => connectionId));
  expect([told.length, ids.size]).toEqual([2, 2]);
});

it('refuses a connection that the SSL object does not have, although its records move inside of SSL_write', async () => {
  const { recorder, accounts, said } = await observe(tlsProgram('strange'), { tls: true });
  const [strange] = JSON.parse(said) as Exchange[]; // tls.py prints it so.
  const ports = recorder.connections.map(({ localPort }) => localPort);
  expect(ports).toContain(strange?.localPort);
  expect(recorder.connections.filter(({ kind }) => kind === 'tls_bound')).toEqual([]);
  const pieces = [...recorder.pieces.values()].flat();
  expect(pieces.filter(({ isPlaintextOfTls }) => isPlaintextOfTls)).toEqual([]);
  // Two calls on one connection: asked once.
  expect(accounts.bindingWalks).toMatchObject({ agrees: 0, disagrees: 1, noDescriptor: 0 });
  const unbound = recorder.losses.filter(({ reason }) => reason === 'tls_unbound');
  expect(unbound.reduce((sum, loss) => sum + Number(loss.bytes ?? 0n), 0)).toBe(
    accounts.tlsData.capturedBytes,
  );
  expect(accounts.tlsData.capturedBytes).toBeGreaterThan(0);
});
