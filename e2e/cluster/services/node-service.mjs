// The same service as go-service, in Node: asks the addresses in CALLS for each request, prints one line for each answer.
import { createServer } from 'node:http';

const calls = (process.env.CALLS ?? '').split(' ').filter(Boolean);

const server = createServer(async (request, response) => {
  const answers = await Promise.all(calls.map((address) => call(address + request.url)));
  const status = answers.every(Boolean) ? 200 : 502;
  response.writeHead(status).end('node\n');
  const peer = request.socket.remoteAddress?.replace('::ffff:', '');
  process.stdout.write(`${JSON.stringify({ method: request.method, path: request.url, status, peer })}\n`);
});
server.listen(Number(process.env.PORT ?? 8080));
process.on('SIGTERM', () => process.exit(0));

async function call(address) {
  try {
    const answer = await fetch(address);
    await answer.arrayBuffer();
    return answer.status === 200;
  } catch {
    return false;
  }
}
