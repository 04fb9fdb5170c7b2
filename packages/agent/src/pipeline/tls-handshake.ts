/** What the clear part of a TLS handshake says (RFC 8446 §4.1, RFC 5246 §7.4.1); empty where it says nothing. */
export interface TlsFacts {
  /** server_name of the ClientHello (RFC 6066 §3). */
  serverName: string;
  /** Protocol that the server chose, where that is in the clear (up to TLS 1.2), else the offered ones. */
  alpn: string;
  /** Such as 1.3, from the ServerHello. */
  version: string;
  /** Cipher suite's number in hexadecimal, such as 1301. */
  cipherSuite: string;
}

export type TlsVerdict = 'need_more' | 'tls' | 'not_tls';

const RECORD_HEADER_BYTES = 5;
const HANDSHAKE_RECORD = 22;
const CLIENT_HELLO = 1;
const SERVER_HELLO = 2;
const EXTENSION_SERVER_NAME = 0;
const EXTENSION_ALPN = 16;
const EXTENSION_SUPPORTED_VERSIONS = 43;
/** A hello with post-quantum key shares takes 2 KiB; what is longer than this is left unread. */
const MAX_HELLO_BYTES = 16 * 1024;
const MAX_NAME_BYTES = 255;

const versionNames: Readonly<Record<number, string>> = {
  0x0300: 'ssl3',
  0x0301: '1.0',
  0x0302: '1.1',
  0x0303: '1.2',
  0x0304: '1.3',
};

/** Reads the first records of one direction of a connection, until its hello is whole. Never throws. */
export class TlsHandshakeReader {
  readonly facts: TlsFacts = { serverName: '', alpn: '', version: '', cipherSuite: '' };
  #verdict: TlsVerdict = 'need_more';
  #pending = new Uint8Array(0);
  #isHelloDone = false;

  get verdict(): TlsVerdict {
    return this.#verdict;
  }

  /** True once nothing more can be learnt from this direction. */
  get isDone(): boolean {
    return this.#isHelloDone || this.#verdict === 'not_tls';
  }

  get heldBytes(): number {
    return this.#pending.length;
  }

  push(bytes: Uint8Array): void {
    if (this.isDone) return;
    this.#pending = join(this.#pending, bytes.subarray(0, MAX_HELLO_BYTES - this.#pending.length));
    this.#verdict = this.#verdict === 'tls' ? 'tls' : looksLikeTls(this.#pending);
    if (this.#verdict === 'tls') this.#readHello();
    if (this.isDone || this.#pending.length >= MAX_HELLO_BYTES) {
      this.#isHelloDone = true;
      this.#pending = new Uint8Array(0);
    }
  }

  #readHello(): void {
    const message = firstHandshakeMessage(this.#pending);
    if (message === 'need_more') return;
    this.#isHelloDone = true;
    if (message === undefined) return;
    const cursor = new HelloCursor(message.body);
    if (message.type === CLIENT_HELLO) readClientHello(cursor, this.facts);
    else if (message.type === SERVER_HELLO) readServerHello(cursor, this.facts);
  }
}

/** A handshake record with a known major version and a hello as its first message. */
export function looksLikeTls(bytes: Uint8Array): TlsVerdict {
  const [type, major, , , , message] = bytes;
  if (type === undefined) return 'need_more';
  if (type !== HANDSHAKE_RECORD || (major !== undefined && major !== 3)) return 'not_tls';
  if (message === undefined) return 'need_more';
  return message === CLIENT_HELLO || message === SERVER_HELLO ? 'tls' : 'not_tls';
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** Puts the payloads of the records together until the first message is whole; undefined when they are no handshake. */
function firstHandshakeMessage(
  bytes: Uint8Array,
): { type: number; body: Uint8Array } | 'need_more' | undefined {
  const payload = new Uint8Array(bytes.length);
  let filled = 0;
  let at = 0;
  while (at + RECORD_HEADER_BYTES <= bytes.length) {
    if (bytes[at] !== HANDSHAKE_RECORD) return undefined;
    const length = ((bytes[at + 3] ?? 0) << 8) | (bytes[at + 4] ?? 0);
    const part = bytes.subarray(at + RECORD_HEADER_BYTES, at + RECORD_HEADER_BYTES + length);
    payload.set(part, filled);
    filled += part.length;
    at += RECORD_HEADER_BYTES + length;
    const messageBytes = ((payload[1] ?? 0) << 16) | ((payload[2] ?? 0) << 8) | (payload[3] ?? 0);
    if (filled >= 4 && filled >= 4 + messageBytes)
      return { type: payload[0] ?? 0, body: payload.subarray(4, 4 + messageBytes) };
  }
  return 'need_more';
}

/** Reads big-endian fields; behind the end everything is 0 and empty, so that no length can lead astray. */
class HelloCursor {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  uint8(): number {
    return this.#bytes[this.#at++] ?? 0;
  }

  uint16(): number {
    return (this.uint8() << 8) | this.uint8();
  }

  take(count: number): Uint8Array {
    const part = this.#bytes.subarray(this.#at, this.#at + count);
    this.#at += count;
    return part;
  }
}

function readClientHello(hello: HelloCursor, facts: TlsFacts): void {
  hello.take(2 + 32); // legacy_version, random
  hello.take(hello.uint8()); // session id
  hello.take(hello.uint16()); // cipher suites
  hello.take(hello.uint8()); // compression methods
  for (const { type, body } of extensionsOf(hello)) {
    if (type === EXTENSION_SERVER_NAME) facts.serverName = readServerName(body);
    else if (type === EXTENSION_ALPN) facts.alpn = readProtocols(body);
  }
}

function readServerHello(hello: HelloCursor, facts: TlsFacts): void {
  let version = hello.uint16();
  hello.take(32);
  hello.take(hello.uint8());
  facts.cipherSuite = hello.uint16().toString(16).padStart(4, '0');
  hello.take(1);
  for (const { type, body } of extensionsOf(hello)) {
    if (type === EXTENSION_SUPPORTED_VERSIONS) version = body.uint16();
    else if (type === EXTENSION_ALPN) facts.alpn = readProtocols(body);
  }
  facts.version = versionNames[version] ?? '';
}

function* extensionsOf(hello: HelloCursor): Iterable<{ type: number; body: HelloCursor }> {
  const extensions = new HelloCursor(hello.take(hello.uint16()));
  while (!extensions.isAtEnd) {
    const type = extensions.uint16();
    yield { type, body: new HelloCursor(extensions.take(extensions.uint16())) };
  }
}

function readServerName(body: HelloCursor): string {
  const names = new HelloCursor(body.take(body.uint16()));
  return names.uint8() === 0 ? toName(names.take(names.uint16())) : '';
}

function readProtocols(body: HelloCursor): string {
  const list = new HelloCursor(body.take(body.uint16()));
  const protocols: string[] = [];
  while (!list.isAtEnd) protocols.push(toName(list.take(list.uint8())));
  return protocols.join(',').slice(0, MAX_NAME_BYTES);
}

/** Names are printable ASCII; anything else is not repeated. */
function toName(bytes: Uint8Array): string {
  let name = '';
  for (const byte of bytes.subarray(0, MAX_NAME_BYTES))
    name += byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '?';
  return name;
}
