import { Agent, request } from 'node:https';

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

/** One request with a token to a server whose certificate is its own. */
export function sendHttps(
  url: string,
  {
    method,
    ca,
    token,
    body,
    type,
  }: { method: string; ca: string; token: string; type: string; body?: unknown },
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    // Node gives a DELETE no length by itself, and its body would be taken for the next request.
    const length = { 'content-length': Buffer.byteLength(text) };
    const headers = { authorization: `Bearer ${token}`, 'content-type': type, ...length };
    const sent = request(url, { method, ca, agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    sent.on('error', reject);
    sent.end(text);
  });
}
