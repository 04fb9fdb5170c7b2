// TLS by the OpenSSL inside of Node's own executable: `node node-tls.ts FOLDER` with key.pem and chain.pem in it. Says
// `ready`, waits for a line, then prints the ports of its one connection.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';

const folder = process.argv[2] ?? '';
const [key, cert] = [readFileSync(`${folder}/key.pem`), readFileSync(`${folder}/chain.pem`)];
const server = createServer({ key, cert }, (socket) => {
  socket.on('data', (data: Buffer) => socket.end(`answer to ${data.toString()}`));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo; // A server that listens on TCP has one.
const lines = createInterface({ input: process.stdin });
process.stdout.write('ready\n');
await once(lines, 'line');
const client = connect({ port, host: '127.0.0.1', ca: cert, checkServerIdentity: () => undefined });
await once(client, 'secureConnect');
const { localPort } = client;
client.write('question of Node');
client.resume();
await once(client, 'close', { signal: AbortSignal.timeout(30_000) });
process.stdout.write(`${JSON.stringify({ localPort, remotePort: port })}\n`);
await once(lines, 'line');
server.close();
lines.close();
