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
  ]) {
    const bytes = Buffer.alloc(size, piece);
    redactor.mask(bytes, 0, bytes.length);
    expect(bytes.length).toBe(size);
  }
});
