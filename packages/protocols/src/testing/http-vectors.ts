/** One stream for two readers. */
export interface Vector {
  readonly name: string;
  readonly text: string;
  /** Methods of the requests that the responses answer; undefined when the stream is one of requests. */
  readonly methods?: readonly string[];
}

type Row = readonly [name: string, text: string];

const requests: readonly Row[] = [
  ['no fields', 'GET / HTTP/1.1\r\n\r\n'],
  ['HTTP/1.0', 'GET /old HTTP/1.0\r\nHost: h\r\n\r\n'],
  ['HTTP/1.0 kept alive', 'GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\nGET /2 HTTP/1.0\r\n\r\n'],
  [
    'a browser',
    'GET /favicon.ico HTTP/1.1\r\nHost: h:8080\r\nUser-Agent: Mozilla/5.0 (X11; Linux) Gecko\r\nAccept: text/html,*/*;q=0.8\r\nAccept-Language: en,de;q=0.5\r\nKeep-Alive: 300\r\nConnection: keep-alive\r\n\r\n',
  ],
  ['names of every token character', "GET / HTTP/1.1\r\n!#$%&'*+-.^_`|~09azAZ: x\r\n\r\n"],
  ['no blank behind the colon', 'GET / HTTP/1.1\r\nA:b\r\nB:\tc\r\nC: \t d \t\r\n\r\n'],
  ['empty values', 'GET / HTTP/1.1\r\nA:\r\nB: \r\nC:\t\r\n\r\n'],
  ['repeated fields, one of them empty', 'GET / HTTP/1.1\r\nA: 1\r\nB: x\r\na: \r\nA: 3\r\n\r\n'],
  ['value of obs-text', 'GET / HTTP/1.1\r\nTest: D\xc3\xbcsseldorf\r\nOther: \xff\xe4\r\n\r\n'],
  ['value with colons and quotes', 'GET / HTTP/1.1\r\nA: "b: \\"c\\", d": e\r\n\r\n'],
  ['target with a fragment and marks', 'GET /a?b=c?d=e#f HTTP/1.1\r\n\r\n'],
  ['target of many characters', "GET /%7Eu;p=1,2/~!$&'()*+=:@-._?q={}|[]^` HTTP/1.1\r\n\r\n"],
  ['absolute target', 'GET http://u:p@h.example:81/x?y HTTP/1.1\r\nHost: other\r\n\r\n'],
  ['absolute target without a path', 'GET http://h.example HTTP/1.1\r\n\r\n'],
  ['asterisk', 'OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n'],
  ['CONNECT', 'CONNECT h.example:443 HTTP/1.1\r\nHost: h.example:443\r\n\r\n\x16\x03\x01'],
  ['empty lines first', '\r\n\r\nGET / HTTP/1.1\r\n\r\n\r\nGET /2 HTTP/1.1\r\n\r\n'],
  ['a length', 'POST /p HTTP/1.1\r\nContent-Length: 5\r\n\r\nhelloGET / HTTP/1.1\r\n\r\n'],
  ['a length of nothing', 'POST /p HTTP/1.1\r\nContent-Length: 0\r\n\r\nGET / HTTP/1.1\r\n\r\n'],
  ['a length with zeros', 'POST /p HTTP/1.1\r\nContent-Length: 0005\r\n\r\nhello'],
  ['a length with blanks', 'POST /p HTTP/1.1\r\nContent-Length:\t 5 \t\r\n\r\nhello'],
  ['POST without a body', 'POST /p HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n'],
  [
    'a body that looks like a request',
    'PUT / HTTP/1.1\r\nContent-Length: 18\r\n\r\nGET / HTTP/1.1\r\n\r\nDELETE /x HTTP/1.1\r\n\r\n',
  ],
  ['a body of line breaks', 'PUT / HTTP/1.1\r\nContent-Length: 4\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\n\r\n'],
  ['line break behind a body', 'POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\na\r\nGET / HTTP/1.1\r\n\r\n'],
  [
    'chunks',
    'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n',
  ],
  [
    'chunks with zeros and capitals',
    'POST / HTTP/1.1\r\nTRANSFER-ENCODING: CHUNKED\r\n\r\n00A\r\n0123456789\r\n000\r\n\r\n',
  ],
  [
    'chunk extensions',
    'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2;a;b=c;d="e;f"\r\nhi\r\n0;z\r\n\r\n',
  ],
  [
    'chunk extension with an escaped quote',
    'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2;a="I \\"b\\"; c"\r\nhi\r\n0\r\n\r\n',
  ],
  [
    'trailers',
    'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTrailer: Vary\r\n\r\n1\r\na\r\n0\r\nVary: *\r\nX-Sum: 1\r\nx-sum: 2\r\n\r\nGET / HTTP/1.1\r\n\r\n',
  ],
  ['two codings', 'POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n1\r\na\r\n0\r\n\r\n'],
  [
    'two codings in two fields',
    'POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n',
  ],
  [
    'pipelined',
    'GET /1 HTTP/1.1\r\n\r\nHEAD /2 HTTP/1.1\r\nHost: h\r\n\r\nPOST /3 HTTP/1.1\r\nContent-Length: 1\r\n\r\naGET /4 HTTP/1.1\r\n\r\n',
  ],
  ['Expect', 'POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nok'],
  ['Connection of many options', 'GET / HTTP/1.1\r\nConnection: close, token, keep-alive\r\n\r\n'],
  ['Proxy-Connection', 'GET / HTTP/1.1\r\nProxy-Connection: close\r\n\r\n'],
  ['M-SEARCH', 'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\n\r\n'],
  [
    'WebDAV',
    'PROPFIND /d HTTP/1.1\r\nDepth: 1\r\nContent-Length: 2\r\n\r\nokREPORT /d HTTP/1.1\r\n\r\nMKCALENDAR /c HTTP/1.1\r\n\r\n',
  ],
  ['QUERY', 'QUERY /q HTTP/1.1\r\nContent-Length: 2\r\n\r\nok'],
  ['bare line feeds', 'POST /lf HTTP/1.1\nHost: h\nContent-Length: 2\n\nokGET / HTTP/1.1\nA: b\n\n'],
  ['bare line feeds without fields', 'GET / HTTP/1.1\n\nGET /2 HTTP/1.1\r\n\r\n'],
  [
    'bare line feeds around chunks',
    'POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n1\nA\n1;a=b\nB\n0\nC: d\n\n',
  ],
  ['folded value', 'GET / HTTP/1.1\r\nLine1:   abc\r\n\tdef\r\n  ghi \r\n \t jkl\r\nLine2: \t x\t\r\n\r\n'],
  [
    'folded value that begins on the second line',
    'GET / HTTP/1.1\r\nLine3:\r\n line3\r\nLine4: \r\n \r\nConnection:\r\n close\r\n\r\n',
  ],
  ['folded coding', 'POST / HTTP/1.1\r\nTransfer-Encoding: gzip,\r\n chunked\r\n\r\n1\r\na\r\n0\r\n\r\n'],
  ['blank before the colon', 'GET / HTTP/1.1\r\nA : b\r\n\r\n'],
  [
    'a length and chunks',
    'POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n',
  ],
  [
    'Upgrade that is a wish',
    'GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nGET /next HTTP/1.1\r\n\r\n',
  ],
  ['unknown method', 'BREW /pot HTTP/1.1\r\n\r\n'],
  ['method in small letters', 'get / HTTP/1.1\r\n\r\n'],
  ['target with a blank', 'GET /a b HTTP/1.1\r\n\r\n'],
  ['target with a tab and a delete', 'GET /\t\x7f HTTP/1.1\r\n\r\n'],
  ['target with control bytes', 'GET /\x01\x7f HTTP/1.1\r\n\r\n'],
  ['target of obs-text', 'GET /\xe4\xff HTTP/1.1\r\n\r\n'],
  ['target that ends in a no-break space', 'GET /a\xa0 HTTP/1.1\r\n\r\n'],
  ['target without a slash', 'GET index.html HTTP/1.1\r\n\r\n'],
  ['HTTP/1.7', 'GET / HTTP/1.7\r\n\r\n'],
  ['HTTP/0.9', 'GET /\r\n\r\n'],
  ['HTTP/2.0', 'GET / HTTP/2.0\r\n\r\n'],
  ['RTSP', 'PLAY rtsp://h/x RTSP/1.0\r\nCSeq: 1\r\n\r\n'],
  ['ICE', 'SOURCE /music ICE/1.0\r\n\r\n'],
  ['blanks around the target', 'GET   /x   HTTP/1.1\r\n\r\n'],
  ['name with a control byte', 'GET / HTTP/1.1\r\nFo\x01o: a\r\nB: c\r\n\r\n'],
  ['no name', 'GET / HTTP/1.1\r\n: a\r\nB: c\r\n\r\n'],
  ['no colon', 'GET / HTTP/1.1\r\nnothing\r\nB: c\r\n\r\n'],
  ['blank behind the start line', 'GET / HTTP/1.1\r\n Host: h\r\nB: c\r\n\r\n'],
  ['value with a control byte', 'GET / HTTP/1.1\r\nA: b\x01c\x00d\r\n\r\n'],
  ['bare carriage return in a value', 'GET / HTTP/1.1\r\nA: b\rC: d\r\nE: f\r\n\r\n'],
  ['bare carriage return for a line break', 'GET / HTTP/1.1\r\nA: b\r\n\rZ: c\r\n\r\n'],
  ['a length of words', 'POST / HTTP/1.1\r\nContent-Length: five\r\n\r\nhello'],
  ['a length with a sign', 'POST / HTTP/1.1\r\nContent-Length: +5\r\n\r\nhello'],
  ['a length too large', 'POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\nhello'],
  ['no length', 'POST / HTTP/1.1\r\nContent-Length:\r\n\r\nhello'],
  ['two lengths', 'POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
  ['the same length twice', 'POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na'],
  ['the same length twice in one field', 'POST / HTTP/1.1\r\nContent-Length: 1, 1\r\n\r\na'],
  ['unknown last coding', 'PUT / HTTP/1.1\r\nTransfer-Encoding: pigeons\r\n\r\nabc'],
  ['chunked is not last', 'PUT / HTTP/1.1\r\nTransfer-Encoding: chunked, gzip\r\n\r\nabc'],
  ['empty coding', 'PUT / HTTP/1.1\r\nTransfer-Encoding:\r\nContent-Length: 2\r\n\r\nab'],
  ['chunk size of no digits', 'PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\na\r\n0\r\n\r\n'],
  ['chunk size with a blank', 'PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1 \r\na\r\n0 \r\n\r\n'],
  ['chunk size, blank, word', 'PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1 x\r\na\r\n0\r\n\r\n'],
  [
    'chunk size too large',
    'PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\na\r\n0\r\n\r\n',
  ],
  [
    'chunk extension without a name',
    'PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;\r\na\r\n0\r\n\r\n',
  ],
  [
    'chunk extension with an open quote',
    'PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;a="b\r\na\r\n0\r\n\r\n',
  ],
  [
    'chunk without its line break',
    'PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na1\r\nb\r\n0\r\n\r\n',
  ],
  ['data behind close', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\nGET /2 HTTP/1.1\r\n\r\n'],
  ['cut in a head', 'GET / HTTP/1.1\r\nHost: h\r\n'],
  ['cut in a body', 'PUT / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc'],
];

type ResponseRow = readonly [name: string, methods: string, text: string];

const responses: readonly ResponseRow[] = [
  ['a length', 'GET', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'],
  [
    'no reason',
    'GET GET',
    'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n',
  ],
  ['reason of obs-text', 'GET', 'HTTP/1.1 500 Fehler \xe4\xff\r\nContent-Length: 0\r\n\r\n'],
  ['reason with blanks', 'GET', 'HTTP/1.1 301  Moved  Permanently \r\nContent-Length: 0\r\n\r\n'],
  [
    'HEAD',
    'HEAD GET',
    'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na',
  ],
  [
    'HEAD of chunks',
    'HEAD GET',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na',
  ],
  ['204', 'GET GET', 'HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na'],
  [
    '304 with a length',
    'GET GET',
    'HTTP/1.1 304 Not Modified\r\nContent-Length: 50\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na',
  ],
  [
    '304 with a malformed length',
    'GET GET',
    'HTTP/1.1 304 x\r\nContent-Length: -\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na',
  ],
  [
    'interim responses',
    'POST GET',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb',
  ],
  [
    '102 and 199',
    'POST',
    'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 199 x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
  ],
  ['until close', 'GET', 'HTTP/1.1 200 OK\r\nServer: s\r\n\r\nall\r\n\r\nHTTP/1.1 200 OK\r\n\r\n'],
  ['HTTP/1.0 until close', 'GET', 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nHTTP/1.0 200 OK'],
  [
    'chunks',
    'GET GET',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n25\r\nThis is the data in the first chunk\r\n\r\n1C\r\nand this is the second one\r\n\r\n0\r\n\r\nHTTP/1.1 204 x\r\n\r\n',
  ],
  [
    'trailers',
    'GET',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nServer-Timing: a;dur=1\r\nX: y\r\n\r\n',
  ],
  [
    'last coding is not chunked',
    'GET',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, deflate\r\n\r\nWorld',
  ],
  [
    'chunked twice in one word',
    'GET',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunkedchunked\r\n\r\n2\r\nOK\r\n0\r\n\r\n',
  ],
  [
    'identity after chunked',
    'GET',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\nWorld',
  ],
  [
    '101',
    'GET',
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x05hello',
  ],
  ['101 without Upgrade', 'GET', 'HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x05hello'],
  [
    '101 with a length',
    'GET',
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 4\r\n\r\nbodyproto',
  ],
  [
    'Upgrade in a 200',
    'GET GET',
    'HTTP/1.1 200 OK\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 4\r\n\r\nbodyHTTP/1.1 204 x\r\n\r\n',
  ],
  ['tunnel', 'CONNECT', 'HTTP/1.1 200 Connected\r\n\r\n\x16\x03\x01'],
  ['refused tunnel', 'CONNECT GET', 'HTTP/1.1 407 No\r\nContent-Length: 1\r\n\r\naHTTP/1.1 204 x\r\n\r\n'],
  ['bare line feeds', 'GET', 'HTTP/1.1 200 OK\nContent-Length: 2\nFoo: abc\n\nok'],
  ['folded value', 'GET', 'HTTP/1.1 200 OK\r\nServer: a\r\n  b\r\nContent-Length: 0\r\n\r\n'],
  [
    'folded behind a coding',
    'GET',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n  abc\r\n\r\n5\r\nWorld\r\n0\r\n\r\n',
  ],
  [
    'line break behind a body',
    'GET GET',
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na\r\nHTTP/1.1 204 x\r\n\r\n',
  ],
  ['status of two digits', 'GET', 'HTTP/1.1 20 OK\r\n\r\n'],
  ['status of four digits', 'GET', 'HTTP/1.1 2000 OK\r\n\r\n'],
  ['status 999', 'GET', 'HTTP/1.1 999 Denied\r\nContent-Length: 0\r\n\r\n'],
  ['tab behind the version', 'GET', 'HTTP/1.1\t200 OK\r\n\r\n'],
  ['two blanks behind the version', 'GET', 'HTTP/1.1  200 OK\r\nContent-Length: 0\r\n\r\n'],
  ['wrong word', 'GET', 'HTP/1.1 200 OK\r\n\r\n'],
  ['version of many digits', 'GET', 'HTTP/1.01 200 OK\r\n\r\n'],
  ['HTTP/1.9', 'GET', 'HTTP/1.9 200 OK\r\nContent-Length: 0\r\n\r\n'],
  ['status 000', 'GET GET', 'HTTP/1.1 000 x\r\nContent-Length: 1\r\n\r\naHTTP/1.1 204 x\r\n\r\n'],
  ['ICY', 'GET', 'ICY 200 OK\r\nicy-name: x\r\n\r\nmusic'],
  ['no colon', 'GET', 'HTTP/1.1 200 OK\r\nSecure\r\nContent-Length: 0\r\n\r\n'],
  [
    'a length and chunks',
    'GET',
    'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n',
  ],
  ['two lengths', 'GET', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
  ['the same length twice', 'GET', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na'],
  [
    'data behind close',
    'GET GET',
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\naHTTP/1.1 204 x\r\n\r\n',
  ],
  [
    'data behind a 304 with close',
    'GET GET',
    'HTTP/1.1 304 x\r\nConnection: close\r\n\r\nHTTP/1.1 204 x\r\n\r\n',
  ],
];

export const vectors: readonly Vector[] = [
  ...requests.map(([name, text]) => ({ name: `request: ${name}`, text })),
  ...responses.map(([name, methods, text]) => ({
    name: `response: ${name}`,
    text,
    methods: methods.split(' '),
  })),
];
