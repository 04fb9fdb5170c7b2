import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { apiError } from '../errors.ts';
import { type PageFile, type PageFiles, readPageFiles } from '../page-files.ts';

/** Everything from here, nothing from anywhere else; no script and no style inside of the document. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** What holds wherever the page is served. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** The web page: the same files for everybody, and nothing of what was observed. */
export function pageRoutes(app: FastifyInstance, folder: string): void {
  const files = readPageFiles(folder);
  const schema = { hide: true };
  const config = { access: 'page' } as const;
  app.get('/', { schema, config }, (request, reply) => send(request, reply, files, 'index.html'));
  app.get<{ Params: { file: string } }>('/assets/:file', { schema, config }, (request, reply) =>
    send(request, reply, files, `assets/${request.params.file}`),
  );
}

function send(request: FastifyRequest, reply: FastifyReply, files: PageFiles, name: string): FastifyReply {
  const file = files.find(name, request.headers['accept-encoding']);
  if (file === undefined) throw name === 'index.html' ? notBuilt() : unknownFile(name);
  reply.headers({ ...pageHeaders, ...headersOf(file) });
  if (request.headers['if-none-match'] === file.etag) return reply.code(304).send();
  return reply.send(file.open());
}

/** Names below `assets` change with their content; the document that names them is always asked for anew. */
function headersOf({
  name,
  type,
  encoding,
  bytes,
  etag,
}: PageFile): Readonly<Record<string, string | number>> {
  return {
    'content-type': type,
    'content-length': bytes,
    vary: 'accept-encoding',
    etag,
    'cache-control': name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
  };
}

function unknownFile(name: string): Error {
  const facts = `the page has no file ${JSON.stringify(name.slice(0, 80))}`;
  return apiError('API_ROUTE_UNKNOWN', facts, { family: 'user', remedy: 'Load the page anew.' });
}

function notBuilt(): Error {
  const remedy = 'Run `npm run setup`; the API itself answers, see /openapi.json.';
  return apiError('API_PAGE_NOT_BUILT', 'the web page has not been built here', { remedy });
}
