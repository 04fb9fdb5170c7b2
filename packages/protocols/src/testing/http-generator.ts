import fc from 'fast-check';
import type { Vector } from './http-vectors.ts';

/** Streams of well-formed messages; the same with one byte changed, and with what only a lenient reader bears. */
const name = fc.constantFrom(
  'X-A',
  'x-b',
  'Accept',
  'User-Agent',
  'X_Under',
  'ETag',
  '!#$%',
  'Set-Cookie',
  'Via',
);
const value = fc.constantFrom(
  ...[
    '',
    'a',
    'text/html; q=0.9, */*',
    '  padded\t',
    '"quoted \\" , x"',
    'a:b:c',
    '\xe9\xff',
    '\xc3\xbc',
    '%20 =',
  ],
);
const colon = fc.constantFrom(':', ': ', ':\t ', ':  ');
const field = fc.tuple(name, colon, value).map((parts) => `${parts.join('')}\r\n`);
const fields = fc.array(field, { maxLength: 40 }).map((all) => all.join(''));
const bodyText = fc.string({
  unit: fc.constantFrom('a', '\r', '\n', '0', ' ', '\x00', '\xff', 'HTTP/1.1 ', 'GET / '),
  maxLength: 20,
});

const chunk = fc.tuple(
  bodyText.filter((text) => text !== ''),
  fc.constantFrom('', ';x', ';a=b', ';q="v;w"'),
);
const chunkedBody = fc
  .record({
    chunks: fc.array(chunk, { maxLength: 4 }),
    isUpper: fc.boolean(),
    zeros: fc.constantFrom('', '0', '000'),
    trailers: fc.constantFrom('', 'X-Sum: 1\r\n', 'A: 1\r\nB: 2\r\na: 3\r\n'),
  })
  .map(({ chunks, isUpper, zeros, trailers }) => {
    const hex = (size: number): string => (isUpper ? size.toString(16).toUpperCase() : size.toString(16));
    const lines = chunks.map(([text, more]) => `${zeros}${hex(text.length)}${more}\r\n${text}\r\n`);
    return `${lines.join('')}${zeros}0\r\n${trailers}\r\n`;
  });

const body = fc.oneof(
  fc.constant({ header: '', text: '' }),
  bodyText.map((text) => ({ header: `Content-Length: ${text.length}\r\n`, text })),
  bodyText.map((text) => ({ header: `content-length:${String(text.length).padStart(3, '0')} \r\n`, text })),
  chunkedBody.map((text) => ({ header: 'Transfer-Encoding: chunked\r\n', text })),
  chunkedBody.map((text) => ({ header: 'Transfer-Encoding: gzip, Chunked\r\n', text })),
);

const methods = ['GET', 'POST', 'PUT', 'HEAD', 'DELETE', 'OPTIONS', 'PROPFIND', 'PATCH', 'M-SEARCH', 'PURGE'];
const targets = [
  '/',
  '/a/b?c=d&e',
  '*',
  'http://h.example:80/x?y#z',
  '/%7Euser',
  '/a;b=c',
  '/?',
  '/"<>',
  '/?a=?b',
];

/** A connection that goes on says so; only the last message may end it. */
const keeps = (version: string): string => (version === '1.0' ? 'Connection: keep-alive\r\n' : '');
const options = fc.constantFrom('', '', 'Connection: keep-alive\r\n', 'connection: Keep-Alive, x\r\n');

const request = fc
  .record({
    method: fc.constantFrom(...methods),
    target: fc.constantFrom(...targets),
    version: fc.constantFrom('1.1', '1.1', '1.0'),
    lead: fc.constantFrom('', '', '\r\n', '\r\n\r\n'),
    fields,
    options,
    body,
  })
  .map(({ method, target, version, lead, ...each }) => {
    const head = `${lead}${method} ${target} HTTP/${version}\r\n${each.fields}${each.options}${keeps(version)}`;
    return `${head}${each.body.header}\r\n${each.body.text}`;
  });

const lastRequest = fc.constantFrom(
  '',
  'GET / HTTP/1.1\r\nConnection: close\r\n\r\n',
  'GET / HTTP/1.0\r\n\r\n',
);

export const requestStreams: fc.Arbitrary<Vector> = fc
  .tuple(fc.array(request, { minLength: 1, maxLength: 4 }), lastRequest)
  .map(([texts, last]) => ({ name: 'requests', text: texts.join('') + last }));

const interim = fc.constantFrom(
  ...['', '', 'HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n'],
);
const response = fc
  .record({
    method: fc.constantFrom('GET', 'GET', 'POST', 'HEAD'),
    status: fc.constantFrom(
      '200 OK',
      '200',
      '204 No Content',
      '304 Not Modified',
      '404 N\xe4 \t!',
      '500 ',
      '299 x',
    ),
    version: fc.constantFrom('1.1', '1.1', '1.0'),
    interim,
    fields,
    options,
    body,
  })
  .map(({ method, status, version, ...each }) => {
    const isBodiless = method === 'HEAD' || /^(204|304)/.test(status);
    const framing = each.body.header === '' ? 'Content-Length: 0\r\n' : each.body.header;
    const head = `HTTP/${version} ${status}\r\n${each.fields}${each.options}${keeps(version)}${framing}\r\n`;
    return { method, text: `${each.interim}${head}${isBodiless ? '' : each.body.text}` };
  });

const lastResponse = fc.constantFrom(
  { method: '', text: '' },
  { method: 'GET', text: 'HTTP/1.1 200 OK\r\nServer: s\r\n\r\nuntil\r\n\r\nclose' },
  { method: 'GET', text: 'HTTP/1.0 200 OK\r\n\r\n' },
  { method: 'GET', text: 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\na' },
  { method: 'GET', text: 'HTTP/1.1 101 x\r\nConnection: Upgrade\r\nUpgrade: y\r\n\r\n\x81\x00' },
  { method: 'CONNECT', text: 'HTTP/1.1 200 OK\r\n\r\n\x16\x03' },
);

export const responseStreams: fc.Arbitrary<Vector> = fc
  .tuple(fc.array(response, { minLength: 1, maxLength: 4 }), lastResponse)
  .map(([all, last]) => ({
    name: 'responses',
    text: all.map(({ text }) => text).join('') + last.text,
    methods: [...all.map(({ method }) => method), last.method],
  }));

/** One byte replaced, left out or doubled. */
export const mutatedStreams: fc.Arbitrary<Vector> = fc
  .tuple(
    fc.oneof(requestStreams, responseStreams),
    fc.nat(600),
    fc.constantFrom('replace', 'remove', 'double'),
    fc.constantFrom(...' \t\r\n:;,0aZ\x00\xff'),
  )
  .map(([{ text, ...rest }, place, how, byte]) => {
    const at = place % text.length;
    const middle = how === 'replace' ? byte : how === 'remove' ? '' : (text[at] ?? '').repeat(2);
    return { ...rest, text: text.slice(0, at) + middle + text.slice(at + 1) };
  });

/** Heads whose lines end in a bare LF or go on in the next line, at random; bodies as they are. */
function loosen({ text, ...rest }: Vector, choices: readonly number[]): Vector {
  let at = 0;
  const choose = (): number => choices[at++ % choices.length] ?? 0;
  const loosened = text.replace(/(X-A|Via|ETag):(.*)\r\n/g, (whole, field: string, fieldValue: string) => {
    const choice = choose();
    if (choice === 0) return `${field}:${fieldValue}\n`;
    return choice === 1 ? `${field}:${fieldValue}\r\n\tfolded \r\n  twice\r\n` : String(whole);
  });
  return { ...rest, text: loosened };
}

export const loosenedStreams: fc.Arbitrary<Vector> = fc
  .tuple(fc.oneof(requestStreams, responseStreams), fc.array(fc.nat(3), { minLength: 1, maxLength: 9 }))
  .map(([stream, choices]) => loosen(stream, choices));
