import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { ConnectionEvent } from '../source.ts';
import { observe, streamsProgram } from './live-harness.ts';

interface Account {
  readonly ends: readonly { localPort: number; remotePort: number; sent: number; received: number }[];
}

/** What observe-streams.ts prints. */
interface Seen {
  readonly said: { readonly inside: Account; readonly outside: Account };
  readonly pids: { readonly inside: number; readonly outside: number };
  readonly connections: readonly ConnectionEvent[];
  readonly bytes: number;
}

/** The source runs in namespaces of its own, which end with it. */
function observeIn(namespaces: readonly string[], ...args: readonly string[]): Seen {
  const script = fileURLToPath(new URL('testdata/observe-streams.ts', import.meta.url));
  const text = execFileSync('unshare', [...namespaces, process.execPath, script, ...args], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  return JSON.parse(text) as Seen; // observe-streams.ts prints it so.
}

function expectOnlyInside(seen: Seen): void {
  expectOnly(seen, [seen.said.inside]);
}

function expectOnly({ connections, bytes }: Seen, targets: readonly Account[]): void {
  const ends = targets.flatMap((target) => target.ends);
  const ports = ends.map(({ localPort, remotePort }) => `${String(localPort)}-${String(remotePort)}`).sort();
  const seen = connections
    .map(({ localPort, remotePort }) => `${String(localPort)}-${String(remotePort)}`)
    .sort();
  expect(seen).toEqual(ports);
  const moved = ends.reduce((sum, { sent, received }) => sum + sent + received, 0);
  expect(moved).toBeGreaterThan(0);
  expect(bytes).toBe(moved);
}

it('captures the processes of a cgroup, and no others', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tomte-cgroup-'));
  try {
    expectOnlyInside(observeIn(['--mount'], 'cgroup', folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('captures what any rule names', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tomte-cgroup-'));
  try {
    const seen = observeIn(['--mount'], 'both', folder);
    expectOnly(seen, [seen.said.inside, seen.said.outside]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('numbers processes as its own pid namespace does', () => {
  const seen = observeIn(['--pid', '--fork', '--mount-proc'], 'pids');
  expectOnlyInside(seen);
  // The first processes of a namespace have small numbers, which outside belong to others.
  expect(seen.pids.inside).toBeLessThan(20);
  expect(new Set(seen.connections.map(({ pid }) => pid))).toEqual(new Set([seen.pids.inside]));
});

it('ships no byte of a connection after a verdict, but counts them all', async () => {
  const child = streamsProgram('in_two_parts');
  let isTaken: boolean | undefined;
  const { recorder, said } = await observe(child, {}, async (source, soFar) => {
    const [opened] = soFar.connections.filter(({ role }) => role === 'client');
    isTaken = source.setVerdict(opened?.connectionId ?? 0, 'drop');
    expect(source.setVerdict((opened?.connectionId ?? 0) + 1, 'drop')).toBe(false);
    return Promise.resolve();
  });
  expect(isTaken).toBe(true);
  const { ends } = JSON.parse(said) as Account; // streams.py prints it so.
  const client = recorder.connections.find(({ role, kind }) => role === 'client' && kind === 'closed');
  const server = recorder.connections.find(({ role, kind }) => role === 'server' && kind === 'closed');
  expect(ends.map(({ sent }) => sent)).toEqual([1009 + 2003, 0]);
  const bytesOf = (id: number | undefined, direction: 'sent' | 'received'): number =>
    recorder.piecesOf(id ?? 0, direction).reduce((sum, { bytes }) => sum + bytes.length, 0);
  expect(bytesOf(client?.connectionId, 'sent')).toBe(1009);
  expect(client?.sentBytes).toBe(1009 + 2003);
  // The other end is a connection of its own, without a verdict.
  expect(bytesOf(server?.connectionId, 'received')).toBe(1009 + 2003);
});
