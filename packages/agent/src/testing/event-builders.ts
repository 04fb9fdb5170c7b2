import type { ConnectionEvent, DataEvent, ProcessEvent } from '../sources/source.ts';

/** Events for tests, with the values that a test does not care about filled in. */

export function ipv4(text: string): Uint8Array {
  const address = new Uint8Array(16);
  address.set([0xff, 0xff, ...text.split('.').map(Number)], 10);
  return address;
}

export function buildConnection(event: Partial<ConnectionEvent> = {}): ConnectionEvent {
  return {
    kind: 'opened',
    atNs: 0,
    connectionId: 1,
    pid: 7,
    role: 'server',
    fromStart: true,
    connectStartNs: undefined,
    errorNumber: 0,
    isReset: false,
    sentBytes: 0,
    receivedBytes: 0,
    isTls: false,
    plaintextSentBytes: 0,
    plaintextReceivedBytes: 0,
    retransmittedSegments: 0,
    roundTripNs: undefined,
    networkNamespace: 1,
    cgroupId: 1n,
    initialSendSequence: 0,
    initialReceiveSequence: 0,
    localAddress: ipv4('10.0.0.1'),
    localPort: 80,
    remoteAddress: ipv4('10.0.0.2'),
    remotePort: 40_001,
    ...event,
  };
}

export function buildProcess(event: Partial<ProcessEvent> = {}): ProcessEvent {
  return {
    kind: 'exec',
    atNs: 0,
    pid: 7,
    parentPid: 1,
    startWallNs: 5n,
    executable: '/usr/sbin/nginx',
    commandLine: 'nginx: worker process',
    containerId: '',
    exitCode: undefined,
    exitSignal: undefined,
    ...event,
  };
}

/** Makes the data events of one connection, with positions that go on. */
export class ConversationBuilder {
  readonly #connectionId: number;
  readonly #positions = new Map<string, number>();

  constructor(connectionId = 1) {
    this.#connectionId = connectionId;
  }

  position(direction: DataEvent['direction'], isPlaintextOfTls = false): number {
    return this.#positions.get(`${direction}/${isPlaintextOfTls}`) ?? 0;
  }

  /** @param more `trueBytes` larger than the bytes makes a cut event */
  data(
    direction: DataEvent['direction'],
    content: string | Uint8Array,
    more: Partial<DataEvent> = {},
  ): DataEvent {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
    const isPlaintextOfTls = more.isPlaintextOfTls ?? false;
    const position = more.position ?? this.position(direction, isPlaintextOfTls);
    const trueBytes = more.trueBytes ?? bytes.length;
    this.#positions.set(`${direction}/${isPlaintextOfTls}`, position + trueBytes);
    return {
      atNs: 0,
      connectionId: this.#connectionId,
      pid: 7,
      direction,
      bytes,
      cutReason: trueBytes > bytes.length ? 'capture_limit' : '',
      ...more,
      isPlaintextOfTls,
      position,
      trueBytes,
    };
  }
}
