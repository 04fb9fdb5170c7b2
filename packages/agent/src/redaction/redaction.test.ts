import { describe, expect, test } from 'vitest';
import { defaultRedactionRules } from './rules.ts';
import { REDACTED, RuleRedactor } from './rule-redactor.ts';

const redactor = new RuleRedactor(defaultRedactionRules);
const R = REDACTED;

describe('text', () => {
  const cases: [why: string, text: string, expected: string][] = [
    ['a plain path', '/shop/cart/items/42', '/shop/cart/items/42'],
    ['query parameter', 'a=1&access_token=abc.def&b=2', `a=1&access_token=${R}&b=2`],
    ['camel case', 'accessToken=abc', `accessToken=${R}`],
    [
      'nested form name',
      'user[password]=x&user%5Bpassword%5D=y',
      `user[password]=${R}&user%5Bpassword%5D=${R}`,
    ],
    ['max_tokens is a number of something', 'max_tokens=100', 'max_tokens=100'],
    ['shipping is no pin', 'shipping=fast&pin=1234', `shipping=fast&pin=${R}`],
    ['JSON', '{"user":"ann","password":"x\\"y","n":1}', `{"user":"ann","password":"${R}","n":1}`],
    ['JSON number', '{"pin": 1234, "a": 2}', `{"pin": ${R}, "a": 2}`],
    ['JSON list', '{"api_keys_secret":["a","b"],"c":1}', `{"api_keys_secret":${R}],"c":1}`],
    ['JSON object', '{"password":{"value":"x","a":{}},"c":1}', `{"password":${R}},"c":1}`],
    ['JSON list in a list', '{"password":[["a"],"x"],"c":1}', `{"password":${R}],"c":1}`],
    ['a bracket in a string', '{"password":["a]b","x\\"]"],"c":1}', `{"password":${R}],"c":1}`],
    ['an object that was cut off', '{"password":{"value":"x', `{"password":${R}`],
    ['JSON over several lines', '{"password":\r\n  "x",\n "c":1}', `{"password":\r\n  "${R}",\n "c":1}`],
    ['an empty field of a head', 'Password:\r\nAccept: "a"', 'Password:\r\nAccept: "a"'],
    ['JSON inside of a string', '{"log":"{\\"secret\\":\\"abc\\"}"}', `{"log":"{\\"secret\\":\\"${R}\\"}"}`],
    ['JSON inside of a query', 'q=%7B%22password%22%3A%22x%22%7D', `q=%7B%22password%22%3A%22${R}%22%7D`],
    ['credentials of a URL', 'see http://ann:pw@host/path', `see http://${R}@host/path`],
    ['at-sign in a password', 'postgres://ann:p@w@db:5432/x', `postgres://${R}@db:5432/x`],
    ['e-mail', 'mail to ann.b+c@example.co.uk.', `mail to ${R}.`],
    ['encoded e-mail', 'to=ann%40example.com&x=1', `to=${R}&x=1`],
    ['no e-mail', 'user@localhost, @media, a@b', 'user@localhost, @media, a@b'],
    ['card number', 'card 4111 1111 1111 1111 ok', `card ${R} ok`],
    ['wrong check digit', 'card 4111 1111 1111 1112 ok', 'card 4111 1111 1111 1112 ok'],
    ['a time in milliseconds', 't=1700000000000', 't=1700000000000'],
    ['JSON web token', 'x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_9 y', `x ${R} y`],
    ['bearer', 'said Bearer abcdefgh12 twice', `said Bearer ${R} twice`],
    ['basic', 'Basic YW5uOnB3MTI=', `Basic ${R}`],
    ['basic in prose', 'Basic authentication', 'Basic authentication'],
    ['XML', '<a><ns:password>hunter2</ns:password></a>', `<a><ns:password>${R}</ns:password></a>`],
    [
      'XML with attributes',
      '<password type="x" n=\'1\'>hunter2</password>',
      `<password type="x" n='1'>${R}</password>`,
    ],
    ['XML, CDATA', '<password><![CDATA[a<b]]></password>', `<password><![CDATA[${R}]]></password>`],
    ['XML, cut off in CDATA', '<password><![CDATA[a<b', `<password><![CDATA[${R}`],
    ['XML, an empty element', '<password/>page', '<password/>page'],
    [
      'multipart, name without quotes',
      'Content-Disposition: form-data; name=password\r\n\r\nhunter2\r\n--b',
      `Content-Disposition: form-data; name=password\r\n\r\n${R}\r\n--b`,
    ],
    ['card number beside letters', 'card4111111111111111x', `card${R}x`],
    ['card number before its date', '4111 1111 1111 1111 12 27', `${R} 12 27`],
    ['card number behind a count', '2 4111-1111-1111-1111', `2 ${R}`],
    [
      'JSON in JSON in JSON',
      String.raw`{"a":"{\"b\":\"{\\\"password\\\":\\\"hunter2\\\",\\\"c\\\":1}\"}"}`,
      String.raw`{"a":"{\"b\":\"{\\\"password\\\":\\\"` + R + String.raw`\\\",\\\"c\\\":1}\"}"}`,
    ],
    ['session in a path', '/a;jsessionid=12AB?x=1', `/a;jsessionid=${R}`],
    [
      'multipart',
      'Content-Disposition: form-data; name="password"\r\n\r\nhunter2\r\n--b',
      `Content-Disposition: form-data; name="password"\r\n\r\n${R}\r\n--b`,
    ],
    ['header in a dump', 'Authorization: Digest a b c\r\nAccept: */*', `Authorization: ${R}\r\nAccept: */*`],
    ['name in percent escapes', 'a=1&pass%77ord=x&b=2', `a=1&pass%77ord=${R}&b=2`],
    ['whole name in percent escapes', '%70in=1234&b=2', `%70in=${R}&b=2`],
    ['percent escapes of percent escapes', 'pass%2577ord=x&b=2', `pass%2577ord=${R}&b=2`],
    ['an exact name in JSON in a query', 'q=%7B%22pin%22%3A%221%22%7D', `q=%7B%22pin%22%3A%22${R}%22%7D`],
    [
      'name in JSON escapes',
      String.raw`{"p\u0061ssword":"x","b":2}`,
      String.raw`{"p\u0061ssword":"${R}","b":2}`,
    ],
    ['name in entities', 'pass&#119;ord=x&b=2 &#x70;in=1', `pass&#119;ord=${R}&b=2 &#x70;in=${R}`],
    ['value in entities', 'password=a&#98;c&b=2', `password=${R}&b=2`],
    [
      'JSON in an attribute',
      '<i data-a="{&quot;pin&quot;:&quot;it is&amp;x&quot;,&quot;b&quot;:2}">',
      `<i data-a="{&quot;pin&quot;:&quot;${R}&quot;,&quot;b&quot;:2}">`,
    ],
    [
      'XML in XML',
      '<a>&lt;password t="1"&gt;x y&lt;/password&gt;</a>',
      `<a>&lt;password t="1"&gt;${R}&lt;/password&gt;</a>`,
    ],
    [
      'XML in JSON',
      String.raw`"\u003cpin\u003e12\u003c/pin\u003e"`,
      String.raw`"\u003cpin\u003e${R}\u003c/pin\u003e"`,
    ],
    [
      'an escaped separator',
      String.raw`{"q":"a\u0026pin\u003d12"}`,
      String.raw`{"q":"a\u0026pin\u003d${R}"}`,
    ],
    ['behind an escaped end of line', String.raw`{"log":"a\npin=12"}`, String.raw`{"log":"a\npin=${R}"}`],
    ['a secret attribute of a secret tag', '<password token="x">y<', `<password token="${R}">${R}<`],
    ['a member of a list', 'password[]=x&password[0]=y&a[0]=z', `password[]=${R}&password[0]=${R}&a[0]=z`],
    [
      'a member of a list, escaped',
      'password%5B%5D=x&password%5B10%5D=y&a%5B0%5D=z',
      `password%5B%5D=${R}&password%5B10%5D=${R}&a%5B0%5D=z`,
    ],
    [
      'a name of several words',
      '{"password of ann":"x","map of ann":"y"}',
      `{"password of ann":"${R}","map of ann":"y"}`,
    ],
    ['credentials of an escaped URL', 'u=pg%3A%2F%2Fann%3Apw%40db%2Fx', `u=pg%3A%2F%2F${R}%40db%2Fx`],
    ['credentials of a URL in JSON', String.raw`"pg:\/\/ann:pw@db\/x"`, String.raw`"pg:\/\/${R}@db\/x"`],
    ['credentials of a URL that was cut off', 'see https://ann:pw', `see https://${R}`],
    ['a port at the end', 'see https://shop.example:8080', 'see https://shop.example:8080'],
    ['an address of IPv6', 'see https://[::1', 'see https://[::1'],
    ['access key of AWS', 'id AKIAIOSFODNN7EXAMPLE, ASIAIOSFODNN7EXAMPLE', `id ${R}, ${R}`],
    ['access key of AWS, cut off', 'id AKIAIOSF', `id ${R}`],
    ['a longer word', 'id AKIAIOSFODNN7EXAMPLES AKIAIO', 'id AKIAIOSFODNN7EXAMPLES AKIAIO'],
    [
      'secret of AWS',
      '{"SecretAccessKey":"x","X-Amz-Signature":"y"}',
      `{"SecretAccessKey":"${R}","X-Amz-Signature":"${R}"}`,
    ],
    [
      'private key',
      'a\n-----BEGIN RSA PRIVATE KEY-----\nMII\nEv\n-----END RSA PRIVATE KEY-----\nb',
      `a\n-----BEGIN RSA PRIVATE KEY-----${R}-----END RSA PRIVATE KEY-----\nb`,
    ],
    ['private key, cut off', '"-----BEGIN PRIVATE KEY-----\\nMII', `"-----BEGIN PRIVATE KEY-----${R}`],
    ['a certificate is public', '-----BEGIN CERTIFICATE-----\nMII', '-----BEGIN CERTIFICATE-----\nMII'],
    ['token behind an escape', 'x%3DeyJhbGciOiJIUzI1NiJ9.eyJzdWIi', `x%3D${R}`],
    ['bearer in a query', 'a=Bearer%20abcdefgh12&b=2', `a=Bearer%20${R}&b=2`],
    ['bearer, cut off', 'a Bearer Ab3d', `a Bearer ${R}`],
    [
      'multipart, a name of several words without quotes',
      'Content-Disposition: form-data; name=password of ann\r\n\r\nhunter2\r\n--b',
      `Content-Disposition: form-data; name=password of ann\r\n\r\n${R}\r\n--b`,
    ],
    [
      'multipart, a member',
      'Content-Disposition: form-data; name="user[pin]"\n\n12\n--b',
      `Content-Disposition: form-data; name="user[pin]"\n\n${R}\n--b`,
    ],
    ['a page with a field', '<input name="password">\n\nthe page', '<input name="password">\n\nthe page'],
    ['credentials of a driver', 'dsn=root:p@w@tcp(db:3306)/x', `dsn=${R}@tcp(db:3306)/x`],
    ['no credentials', 'img:1@sha256:ab, ann@tcp(x)', 'img:1@sha256:ab, ann@tcp(x)'],
    ['CDATA in a query', 'q=%3Cpin%3E%3C![CDATA[12]]%3E%3C/pin%3E', `q=%3Cpin%3E%3C${R}%3C/pin%3E`],
    ['empty value', 'password=&a=1', 'password=&a=1'],
    ['unclosed quote', '{"password":"abc', `{"password":"${R}`],
  ];
  test.each(cases)('%s', (_why, text, expected) => {
    expect(redactor.text(text)).toBe(expected);
    expect(Buffer.from(redactor.body(Buffer.from(text))).toString()).toBe(expected);
  });

  test('masking keeps every length', () => {
    for (const [, text, expected] of cases) {
      const bytes = Buffer.from(text);
      redactor.mask(bytes, 0, bytes.length);
      expect(bytes.length).toBe(Buffer.byteLength(text));
      if (expected !== text) expect(bytes.toString()).toContain('*');
    }
  });
});

test('headers: secret names go whole, others by their text', () => {
  const headers = new Map([
    ['authorization', 'Bearer x'],
    ['x-api-key', 'k'],
    ['x-amz-security-token', 't'],
    ['cookie', 'a=b'],
    ['referer', 'http://h/?token=abc'],
    ['host', 'h:80'],
  ]);
  expect([...redactor.headers(headers).values()]).toEqual([R, R, R, R, `http://h/?token=${R}`, 'h:80']);
  const leaking = new Map([
    ['accept', 'Bearer abcdefgh12'],
    ['server', 'postgres://ann:pw@db/x'],
    ['content-type', 'text/html; token=abc'],
  ]);
  expect([...redactor.headers(leaking).values()]).toEqual([
    `Bearer ${R}`,
    `postgres://${R}@db/x`,
    `text/html; token=${R}`,
  ]);
  const harmless = new Map([['host', 'h:80']]);
  expect(redactor.headers(harmless)).toBe(harmless);
});

test.each([
  ['app --password=x --port 80', `app --password=${R} --port 80`],
  ['app --password x', `app --password ${R}`],
  ['app --password 12345678', `app --password ${R}`],
  ['curl --user=ann:pw http://h', `curl --user=ann:${R} http://h`],
  ['app -p x', `app -p ${R}`],
  ['ssh -p 22 host', 'ssh -p 22 host'],
  ['/usr/bin/mysql -uroot -phunter2 db', `/usr/bin/mysql -uroot -p${R} db`],
  ['curl -u ann:pw http://h', `curl -u ann:${R} http://h`],
  ['curl -uann:pw http://h', `curl -uann:${R} http://h`],
  ['/usr/bin/curl -suann:pw http://h', `/usr/bin/curl -suann:${R} http://h`],
  ['sshpass -p 12345 ssh h', `sshpass -p ${R} ssh h`],
  ['sshpass -phunter2 ssh h', `sshpass -p${R} ssh h`],
  ['redis-cli -h r -a hunter2 ping', `redis-cli -h r -a ${R} ping`],
  ['sudo mysql -phunter2 db', `sudo mysql -p${R} db`],
  ['TOKEN=abc run', `TOKEN=${R} run`],
  ['env API_KEY=abc run', `env API_KEY=${R} run`],
  ['git clone https://ann:pw@host/r', `git clone https://${R}@host/r`],
  ['nginx: worker process', 'nginx: worker process'],
])('command line %s', (commandLine, expected) => {
  expect(redactor.commandLine(commandLine)).toBe(expected);
});

test('hostile input costs no more than its length', () => {
  const size = 200_003;
  for (const piece of [
    '=',
    '@',
    'a@',
    'eyJ',
    'eyJ.',
    'Bearer ',
    '"',
    '%40',
    '%3D',
    '4',
    '4 ',
    'password',
    'name="',
    '://',
    '<a>',
    '\\"',
    '%22:',
    'a%3D',
    '&#61;',
    '&lt;pin&gt;',
    '\\u003d',
    '\\u003cpin\\u003e',
    '<password ',
    'name=password ',
    '://a:b',
    'AKIA',
    ':@a(',
    '-----BEGIN ',
    '-----BEGIN PRIVATE',
    'password=&quot;',
  ]) {
    const bytes = Buffer.alloc(size, piece);
    redactor.mask(bytes, 0, bytes.length);
    expect(bytes.length).toBe(size);
  }
});

test('trailers are judged as headers are, by their own names', () => {
  const attributes = new Map([
    ['http.response.trailer.authorization', 'ApiKey hunTer2'],
    ['http.request.trailer.set-cookie', 'a=hunTer2'],
    ['http.response.trailer.pin', 'hunTer2'],
    ['http.response.trailer.x-sum', 'kept'],
  ]);
  const redacted = new RuleRedactor(defaultRedactionRules).headers(attributes);
  expect([...redacted.values()].filter((value) => value.includes('hunTer2'))).toEqual([]);
  expect(redacted.get('http.response.trailer.x-sum')).toBe('kept');
});
