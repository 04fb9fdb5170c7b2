import { Agent, request } from 'node:https';

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

interface Asked {
  readonly url: string;
  readonly method: string;
  /** Of the server's certificate, in PEM. */
  readonly authority: string;
  readonly token: string;
}

/** One request with a token; rejects with the server's words for any status but 2xx. */
export function askJson({ url, method, authority, token }: Asked, body?: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
      // Node gives a DELETE no length by itself, and its body would be taken for the next request.
      'content-length': Buffer.byteLength(text),
    };
    const asked = request(url, { method, ca: authority, agent, headers }, (response) => {
      let answer = '';
      response.setEncoding('utf8').on('data', (part: string) => (answer += part));
      response.on('error', reject);
      response.on('end', () => {
        const isFine = (response.statusCode ?? 500) < 300;
        if (isFine) resolve(JSON.parse(answer));
        else reject(new Error(`${method} ${url}: ${response.statusCode} ${answer.slice(0, 500)}`));
      });
    });
    asked.on('error', reject);
    asked.end(text);
  });
}
