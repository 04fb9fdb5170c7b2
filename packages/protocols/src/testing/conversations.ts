import type { Side } from '../contract.ts';

/** Whole messages in the order in which they passed. */
export interface Conversation {
  readonly name: string;
  readonly messages: readonly (readonly [Side, string])[];
}

const turn = (request: string, response: string): readonly (readonly [Side, string])[] => [
  ['request', request],
  ['response', response],
];

/** One conversation for each thing that HTTP/1 can do; the suites split, cut, tear and garble them. */
const httpConversations: readonly Conversation[] = [
  {
    name: 'plain turns',
    messages: [
      ...turn('GET /a?b=1 HTTP/1.1\r\nHost: h\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'),
      ...turn('HEAD / HTTP/1.1\r\nHost: h\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n'),
      ...turn('DELETE /a HTTP/1.1\r\nHost: h\r\n\r\n', 'HTTP/1.1 204 No Content\r\n\r\n'),
      ...turn(
        'GET /a HTTP/1.1\r\nIf-None-Match: "x"\r\n\r\n',
        'HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n',
      ),
    ],
  },
  {
    name: 'chunks, extensions and trailers',
    messages: turn(
      'POST /up HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\nA;q="x;y"\r\n0123456789\r\n0\r\nX-Sum: 7\r\n\r\n',
      'HTTP/1.1 500 Oops\r\nTransfer-Encoding: gzip, chunked\r\n\r\n00005\r\nworld\r\n0\r\n\r\n',
    ),
  },
  {
    name: 'interim responses',
    messages: [
      ['request', 'POST /c HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n'],
      ['response', 'HTTP/1.1 100 Continue\r\n\r\n'],
      ['request', 'body'],
      [
        'response',
        'HTTP/1.1 103 Early Hints\r\nLink: </s.css>\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n',
      ],
    ],
  },
  {
    name: 'pipelining',
    messages: [
      [
        'request',
        'GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\nPROPFIND /3 HTTP/1.1\r\nContent-Length: 2\r\n\r\nhiGET /4 HTTP/1.1\r\n\r\n',
      ],
      [
        'response',
        'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1HTTP/1.1 404 No\r\nContent-Length: 1\r\n\r\n2',
      ],
      [
        'response',
        'HTTP/1.1 207 Multi-Status\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n3\r\n0\r\n\r\nHTTP/1.1 200\r\nContent-Length: 0\r\n\r\n',
      ],
    ],
  },
  {
    name: 'folded lines, bare line feeds, blank lines before a request',
    messages: turn(
      '\r\n\nGET http://u:p@h.example:81/x?y HTTP/1.1\nHost: other\nX-Long: one\n\ttwo\n  three\n\n',
      'HTTP/1.1 200 OK\nContent-Length: 2, 2\nContent-Length: 2\n\nok',
    ),
  },
  {
    name: 'OPTIONS * and a body that looks like a response',
    messages: turn(
      'OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n',
      'HTTP/1.1 200 OK\r\nContent-Type: message/http\r\nContent-Length: 37\r\n\r\nHTTP/1.1 204 No\r\nX: y\r\n\r\nGET / HTTP/1',
    ),
  },
  {
    name: 'body until close, HTTP/1.0',
    messages: turn(
      'GET /old HTTP/1.0\r\n\r\n',
      'HTTP/1.0 200 OK\r\nServer: s\r\n\r\nall the rest\r\n\r\nis body',
    ),
  },
  {
    name: 'upgrade',
    messages: [
      ...turn(
        'GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n',
      ),
      ['response', '\x81\x05hello'],
      ['request', '\x81\x85abcdhello'],
    ],
  },
  {
    name: 'CONNECT',
    messages: [
      ...turn(
        'CONNECT h.example:443 HTTP/1.1\r\nHost: h.example:443\r\n\r\n',
        'HTTP/1.1 200 Connected\r\n\r\n',
      ),
      ['request', '\x16\x03\x01\x00\x05hello'],
    ],
  },
];

/** Conversations by protocol, for the suites that run on every parser. */
export const conversationsOf = { http: httpConversations } as const;
