import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TlsHandshakeReader } from './tls-handshake.ts';

/** What OpenSSL sent, and what it said itself of the connection: testdata/tls/make-hellos.py. */
interface Hello {
  readonly client: string;
  readonly server: string;
  readonly serverName: string;
  readonly version: string;
  readonly cipherSuite: string;
  readonly alpn: string;
}

const path = new URL('../../testdata/tls/hellos.json', import.meta.url);
const hellos = JSON.parse(readFileSync(path, 'utf8')) as Hello[]; // make-hellos.py writes it so.

test.each(hellos)('TLS $version: both hellos say what OpenSSL agreed on, however they are cut', (hello) => {
  for (const pieceBytes of [1, 7, 100_000]) {
    const client = read(Buffer.from(hello.client, 'hex'), pieceBytes);
    const server = read(Buffer.from(hello.server, 'hex'), pieceBytes);
    expect(client).toMatchObject({ serverName: hello.serverName, alpn: 'h2,http/1.1', version: '' });
    // Since TLS 1.3 the server's choice of a protocol is encrypted.
    const alpn = hello.version === '1.2' ? hello.alpn : '';
    expect(server).toMatchObject({ version: hello.version, cipherSuite: hello.cipherSuite, alpn });
  }
});

function read(bytes: Buffer, pieceBytes: number): TlsHandshakeReader['facts'] {
  const reader = new TlsHandshakeReader();
  for (let at = 0; at < bytes.length; at += pieceBytes) reader.push(bytes.subarray(at, at + pieceBytes));
  expect(reader.isDone).toBe(true);
  return reader.facts;
}
