import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GROUP, pageHeaders, type PageFiles, readPageFiles, VERSION } from '@tomte/api';
import { pageFolder } from '@tomte/web';
import { toProblem } from './cluster-problem.ts';

export interface LocalPortOptions {
  readonly socketPath: string;
  /** Undefined: all that the caller sees. */
  readonly namespace: string | undefined;
}

/** The API of the cluster at a port of this machine, as if it ran here, for who has the secret. */
export interface LocalPort {
  readonly url: string;
  readonly secret: string;
  close(): Promise<void>;
}

const LOOPBACK_HOST = /^(?:localhost|127\.0\.0\.1)(?::\d{1,5})?$/i;
const COOKIE = 'tomte';
let files: PageFiles | undefined;

/** Others on this machine reach the port too: each request shows the secret, as a bearer or in a cookie. */
export async function openLocalPort(options: LocalPortOptions): Promise<LocalPort> {
  const secret = randomBytes(24).toString('hex');
  const server = createServer((asked, answer) => serve(asked, answer, { ...options, secret }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // Proof: it listens on an address, not on a path.
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, secret, close };
}

type Serving = LocalPortOptions & { readonly secret: string };

function serve(asked: IncomingMessage, answer: ServerResponse, serving: Serving): void {
  const url = URL.parse(asked.url ?? '/', 'http://localhost');
  const refuse = (status: number, text: string): void => void answer.writeHead(status).end(`${text}\n`);
  if (url === null || !LOOPBACK_HOST.test(asked.headers.host ?? '')) return refuse(403, 'Ask by 127.0.0.1.');
  if (url.pathname === '/login') return login(answer, url, serving.secret);
  if (!isKnown(asked, serving.secret))
    return refuse(401, 'Open the address that `kubectl tomte open` printed.');
  const name = url.pathname === '/' ? 'index.html' : url.pathname.slice(1);
  if (url.pathname === '/' || name.startsWith('assets/')) return page(asked, answer, name);
  const path = clusterPath(url, serving.namespace);
  if (path === undefined) return refuse(404, 'There is /openapi.json and what it lists.');
  forward(asked, answer, { socketPath: serving.socketPath, path });
}

/** The address that was printed leaves the secret in a cookie, and no longer in the browser's history. */
function login(answer: ServerResponse, url: URL, secret: string): void {
  if (!isEqual(url.searchParams.get('secret') ?? '', secret))
    return void answer.writeHead(401).end('Wrong secret.\n');
  const cookie = `${COOKIE}=${secret}; HttpOnly; SameSite=Strict; Path=/`;
  answer.writeHead(303, { 'set-cookie': cookie, location: '/', 'referrer-policy': 'no-referrer' }).end();
}

function isKnown({ headers }: IncomingMessage, secret: string): boolean {
  const bearer = /^Bearer (.*)$/.exec(headers.authorization ?? '')?.[1];
  const cookie = new RegExp(`(?:^|; )${COOKIE}=([0-9a-f]*)`).exec(headers.cookie ?? '')?.[1];
  return isEqual(bearer ?? cookie ?? '', secret);
}

function isEqual(given: string, secret: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(secret)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The page, as the API itself would serve it. */
function page({ headers }: IncomingMessage, answer: ServerResponse, name: string): void {
  files ??= readPageFiles(pageFolder); // Only who opens the page needs them.
  const file = files.find(name, headers['accept-encoding']);
  if (file === undefined) return void answer.writeHead(404).end('The page is not there.\n');
  const { type, encoding, bytes } = file;
  const packed = encoding === undefined ? {} : { 'content-encoding': encoding };
  const own = { 'content-type': type, 'content-length': bytes, 'cache-control': 'no-store', ...packed };
  answer.writeHead(200, { ...pageHeaders, ...own });
  file.open().pipe(answer);
}

/** `/api/v1/requests` here → `/apis/GROUP/VERSION/namespaces/NAMESPACE/requests` there. */
function clusterPath({ pathname, search }: URL, namespace: string | undefined): string | undefined {
  const base = `/apis/${GROUP}/${VERSION}${namespace === undefined ? '' : `/namespaces/${namespace}`}`;
  if (pathname === '/openapi.json') return `${base}/openapi`;
  if (pathname === '/readyz') return `${base}/views`;
  return pathname.startsWith('/api/v1/')
    ? `${base}/${pathname.slice('/api/v1/'.length)}${search}`
    : undefined;
}

function forward(
  asked: IncomingMessage,
  answer: ServerResponse,
  { socketPath, path }: { readonly socketPath: string; readonly path: string },
): void {
  const { authorization: _own, cookie: _ours, host: _here, ...headers } = asked.headers;
  const sent = request(
    { socketPath, path, method: asked.method, headers: { ...headers, host: 'localhost' } },
    (response) => {
      const status = response.statusCode ?? 502;
      if (status < 400) {
        answer.writeHead(status, response.headers);
        response.pipe(answer);
        return;
      }
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => {
        const type = 'application/problem+json; charset=utf-8';
        answer.writeHead(status, { 'content-type': type }).end(toProblem(status, text));
      });
    },
  );
  sent.on('error', (error) => {
    if (answer.headersSent) answer.destroy();
    else
      answer
        .writeHead(502, { 'content-type': 'application/problem+json' })
        .end(toProblem(502, error.message));
  });
  answer.once('close', () => sent.destroy());
  asked.pipe(sent);
}
