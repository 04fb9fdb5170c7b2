import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionEvent } from '../source.ts';
import { observe, streamsProgram } from './live-harness.ts';
import type { Observation, Piece } from './live-harness.ts';

interface End {
  readonly scenario: string;
  readonly localPort: number;
  readonly remotePort: number;
  readonly sent: number;
  readonly received: number;
  readonly sentSha256: string;
  readonly receivedSha256: string;
}

const exact = [
  'short_writes',
  'peek',
  'sizes',
  'vectors',
  'many_messages',
  'duplicate',
  'fork',
  'half_close',
  'reuse',
  'reset',
  'version_6',
  'version_4_on_6',
  'counts',
];
const scenarios = [
  'older',
  ...exact,
  'at_once',
  'sendfile',
  'discarded',
  'above_limit',
  'not_tcp',
  'refused',
];

let observation: Observation;
let ends: End[];
let refusedPort: number;

beforeAll(async () => {
  observation = await observe(streamsProgram(...scenarios), { ringDataBytes: 32 << 20 });
  const said = JSON.parse(observation.said) as { ends: End[]; refusedPort: number }; // streams.py prints it so.
  ends = said.ends;
  refusedPort = said.refusedPort;
});

function eventsOf(end: End): ConnectionEvent[] {
  return observation.recorder.connections.filter(
    ({ localPort, remotePort }) => localPort === end.localPort && remotePort === end.remotePort,
  );
}

/** The stream from its pieces, which must touch one another without hole or overlap. */
function whole(pieces: readonly Piece[]): { bytes: number; sha256: string; isContiguous: boolean } {
  const hash = createHash('sha256');
  let position = 0;
  let isContiguous = true;
  for (const piece of pieces) {
    isContiguous &&= piece.position === position;
    position = piece.position + piece.trueBytes;
    hash.update(piece.bytes);
  }
  return { bytes: position, sha256: hash.digest('hex'), isContiguous };
}

function endsOf(scenario: string): End[] {
  return ends.filter((end) => end.scenario === scenario);
}

describe('streams of a program that counts for itself', () => {
  it('both ends of a connection know the same two sequence numbers, which no other connection has', () => {
    const begun = exact
      .flatMap(endsOf)
      .flatMap((end) => eventsOf(end).filter(({ kind }) => kind === 'closed'));
    const named = begun.filter(({ fromStart }) => fromStart);
    expect(named.length).toBeGreaterThan(20);
    const names = new Map<string, ConnectionEvent[]>();
    for (const event of named) {
      const pair = [event.initialSendSequence, event.initialReceiveSequence];
      const name = (event.role === 'client' ? pair : pair.toReversed()).join(' ');
      names.set(name, [...(names.get(name) ?? []), event]);
    }
    for (const [name, events] of names) {
      expect(name).not.toBe('0 0');
      expect(
        new Set(events.map(({ localPort, remotePort }) => [localPort, remotePort].sort().join())).size,
      ).toBe(1);
    }
    const seenAtBoth = [...names.values()].filter(
      (events) => new Set(events.map(({ role }) => role)).size === 2,
    );
    expect(seenAtBoth.length).toBeGreaterThan(10);
  });

  it.each(exact)('%s: every byte of both directions, and totals at the end', (scenario) => {
    expect(endsOf(scenario).length).toBeGreaterThan(0);
    for (const end of endsOf(scenario)) {
      const closed = eventsOf(end).filter(({ kind }) => kind === 'closed');
      expect(closed).toHaveLength(1);
      expect(closed[0]).toMatchObject({ sentBytes: end.sent, receivedBytes: end.received, fromStart: true });
      const id = closed[0]?.connectionId ?? 0;
      const sent = whole(observation.recorder.piecesOf(id, 'sent'));
      const received = whole(observation.recorder.piecesOf(id, 'received'));
      expect(sent).toEqual({ bytes: end.sent, sha256: end.sentSha256, isContiguous: true });
      expect(received).toEqual({ bytes: end.received, sha256: end.receivedSha256, isContiguous: true });
    }
  });

  it('tells of each connection once: it opens, it closes, and its data lie between', () => {
    for (const end of ends.filter(({ scenario }) => scenario !== 'older')) {
      const events = eventsOf(end);
      expect(events.map(({ kind }) => kind)).toEqual(['opened', 'closed']);
      const orders = (['sent', 'received'] as const)
        .flatMap((direction) => observation.recorder.piecesOf(events[0]?.connectionId ?? 0, direction))
        .map(({ order }) => order);
      const [opened, closed] = observation.recorder.connections
        .filter(({ connectionId }) => connectionId === events[0]?.connectionId)
        .map(({ order }) => order);
      expect(Math.min(...orders)).toBeGreaterThan(opened ?? Infinity);
      expect(Math.max(...orders)).toBeLessThan(closed ?? -1);
    }
  });

  it('gives the addresses of version 4 to both ends where the server listens on version 6', () => {
    const addresses = endsOf('version_4_on_6').map((end) => {
      const { localAddress, remoteAddress } = eventsOf(end)[0] ?? {};
      return [localAddress, remoteAddress].map((bytes) => Buffer.from(bytes ?? []).toString('hex'));
    });
    const loopback = '00000000000000000000ffff7f000001';
    expect(addresses).toEqual([
      [loopback, loopback],
      [loopback, loopback],
    ]);
  });

  it('knows client from server, and when the client began to connect', () => {
    const [client, server] = endsOf('peek').map((end) => eventsOf(end)[0]);
    expect(client).toMatchObject({ role: 'client' });
    expect(server).toMatchObject({ role: 'server', connectStartNs: undefined });
    expect(client?.connectStartNs).toBeLessThan(client?.atNs ?? 0);
  });

  it('sees a connection that is older than the source, and does not take it for whole', () => {
    const [client, server] = endsOf('older');
    if (client === undefined || server === undefined)
      throw new Error('The program made no older connection.');
    expect(eventsOf(server)[0]).toMatchObject({ kind: 'seen', role: 'server', fromStart: false });
    expect(eventsOf(client)[0]).toMatchObject({ kind: 'seen', fromStart: false });
    expect(eventsOf(server).at(-1)).toMatchObject({ kind: 'closed', sentBytes: 5, receivedBytes: 0 });
  });

  it('calls a reset by its name at both ends', () => {
    for (const end of endsOf('reset')) expect(eventsOf(end).at(-1)?.isReset).toBe(true);
    for (const end of endsOf('peek')) expect(eventsOf(end).at(-1)?.isReset).toBe(false);
  });

  it('tells of a refused connection as failed, with its errno', () => {
    const events = observation.recorder.connections.filter(({ remotePort }) => remotePort === refusedPort);
    expect(events.map(({ kind, errorNumber }) => ({ kind, errorNumber }))).toEqual([
      { kind: 'failed', errorNumber: 111 },
    ]);
  });

  it('counts the bytes of sendfile, whose memory nobody can read', () => {
    const end = endsOf('sendfile')[0];
    if (end === undefined) throw new Error('The program did not use sendfile.');
    const pieces = observation.recorder.piecesOf(eventsOf(end)[0]?.connectionId ?? 0, 'sent');
    expect(pieces.reduce((sum, { trueBytes }) => sum + trueBytes, 0)).toBe(end.sent);
    expect(pieces.every(({ bytes, cutReason }) => bytes.length === 0 && cutReason === 'not_in_memory')).toBe(
      true,
    );
  });

  it('places the bytes of two processes that write to one socket at once, each byte once', () => {
    const [writer] = endsOf('at_once');
    if (writer === undefined) throw new Error('The program wrote nothing at once.');
    const pieces = observation.recorder.piecesOf(eventsOf(writer)[0]?.connectionId ?? 0, 'sent');
    const positions = pieces.map(({ position }) => position).toSorted((a, b) => a - b);
    expect(positions).toEqual(Array.from({ length: 10_006 }, (_, index) => index * 7));
    expect(pieces.every(({ trueBytes }) => trueBytes === 7)).toBe(true);
  });

  it('counts the bytes that MSG_TRUNC throws away, and places what follows them', () => {
    const [sender, taker] = endsOf('discarded');
    if (sender === undefined || taker === undefined) throw new Error('The program threw nothing away.');
    const pieces = observation.recorder.piecesOf(eventsOf(taker)[0]?.connectionId ?? 0, 'received');
    // One call of recv, one of recvmsg, 23 messages of recvmmsg; then 7 bytes are read.
    expect(pieces.map(({ trueBytes }) => trueBytes)).toEqual([2003, 1009, ...Array<number>(23).fill(101), 7]);
    const cut = pieces.slice(0, -1);
    expect(cut.every(({ bytes, cutReason }) => bytes.length === 0 && cutReason === 'not_in_memory')).toBe(
      true,
    );
    expect(pieces.at(-1)).toMatchObject({ position: sender.sent - 7, cutReason: '' });
    expect(pieces.at(-1)?.bytes).toHaveLength(7);
    expect(taker.received).toBe(sender.sent);
  });

  it('cuts a call at the limit and says how long it was', () => {
    const end = endsOf('above_limit')[0];
    if (end === undefined) throw new Error('The program made no long call.');
    const pieces = observation.recorder.piecesOf(eventsOf(end)[0]?.connectionId ?? 0, 'sent');
    expect(pieces.reduce((sum, { trueBytes }) => sum + trueBytes, 0)).toBe(100_003);
    expect(pieces.filter(({ cutReason }) => cutReason !== '').map(({ cutReason }) => cutReason)).toEqual([
      'capture_limit',
    ]);
  });

  it('sees nothing but the TCP connections of the program', () => {
    const known = new Set(
      ends.map(({ localPort, remotePort }) => `${String(localPort)}-${String(remotePort)}`),
    );
    const strangers = observation.recorder.connections.filter(
      ({ localPort, remotePort }) =>
        remotePort !== refusedPort && !known.has(`${String(localPort)}-${String(remotePort)}`),
    );
    expect(strangers).toEqual([]);
  });

  it('accounts for every event and byte', () => {
    const { socketData, shipped, lifecycle } = observation.accounts;
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    expect(shipped.events + sum(socketData.droppedEvents)).toBe(socketData.capturedEvents);
    expect(shipped.attachedBytes + sum(socketData.droppedBytes)).toBe(socketData.capturedBytes);
    expect(shipped.lifecycleEvents).toBe(lifecycle.capturedEvents);
  });
});
