import type { IncomingMessage } from 'node:http';
import { AppError } from '@tomte/kit';

export interface Question {
  readonly method: 'GET' | 'POST';
  /** JSON. */
  readonly body?: string;
}

export interface Asking extends Question {
  readonly token: string | undefined;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

const MAX_ANSWER_BYTES = 512 * 1024 * 1024;

/** One question over HTTP. By node:http and not `fetch`, whose first use costs 50 ms of the command's start. */
export async function exchange(url: URL, asking: Asking): Promise<HttpAnswer> {
  // An `import` of node:http reads all of its exports, and two of them load what `fetch` is made of.
  const { request } = process.getBuiltinModule(url.protocol === 'https:' ? 'node:https' : 'node:http');
  const { method, body, token, signal } = asking;
  const headers = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
  };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, { method, headers, signal }, resolve).on('error', reject).end(body);
  });
  return { status: response.statusCode ?? 0, text: await readText(response) };
}

async function readText(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let totalBytes = 0;
  for await (const part of response) {
    const bytes = Buffer.from(part);
    totalBytes += bytes.length;
    if (totalBytes > MAX_ANSWER_BYTES) {
      throw new AppError('CLI_ANSWER_TOO_LONG', `the answer is longer than ${MAX_ANSWER_BYTES} bytes`, {
        family: 'user',
        remedy: 'Ask for fewer rows.',
      });
    }
    parts.push(bytes);
  }
  return Buffer.concat(parts).toString('utf8');
}
