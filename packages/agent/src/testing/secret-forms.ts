import fc from 'fast-check';

/** Every character of `text` as `escape` writes it. */
function escaped(text: string, escape: (code: number) => string): string {
  return [...text].map((character) => escape(character.charCodeAt(0))).join('');
}
const toPercent = (code: number): string => `%${code.toString(16).padStart(2, '0')}`;
const toUnicode = (code: number): string => String.raw`\u${code.toString(16).padStart(4, '0')}`;
const toEntity = (code: number): string => `&#${code};`;

/** Every form that a body may carry a secret in, which must be known by the name before it. */
export const namedForms: Readonly<Record<string, (secret: string) => string>> = {
  form: (secret) => `a=1&password=${secret}&b=2`,
  'form, name in percent escapes': (secret) => `a=1&${escaped('pin', toPercent)}=${secret}&b=2`,
  'form, name in entities': (secret) => `a=1&pass${escaped('w', toEntity)}ord=${secret}&b=2`,
  'form, member of a list': (secret) => `a=1&password[0]=${secret}&b=2`,
  JSON: (secret) => JSON.stringify({ a: 1, password: secret, b: 2 }),
  'JSON, white space before its colon': (secret) =>
    `{"a":1,"password"\r\n\t            :\t "${secret}","b":2}`,
  'JSON, name in escapes': (secret) => `{"a":1,"${escaped('pin', toUnicode)}":"${secret}","b":2}`,
  'JSON in JSON': (secret) => JSON.stringify({ a: JSON.stringify({ password: secret }) }),
  'JSON in JSON in JSON': (secret) =>
    JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ password: secret, c: 1 }) }) }),
  'JSON in a query': (secret) => `a=1&q=${encodeURIComponent(JSON.stringify({ pin: secret }))}&b=2`,
  'JSON in an attribute': (secret) => `<a b="${JSON.stringify({ pin: secret }).replaceAll('"', '&quot;')}">`,
  XML: (secret) => `<a><password>${secret}</password></a>`,
  'XML with attributes': (secret) => `<a><password type="x" n='1'>${secret}</password></a>`,
  'XML in XML': (secret) =>
    `<a>${`<pin>${secret}</pin>`.replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</a>`,
  CDATA: (secret) => `<a><password><![CDATA[${secret}]]></password></a>`,
  multipart: (secret) => `--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n${secret}\r\n--b--`,
  'multipart without quotes': (secret) =>
    `--b\r\nContent-Disposition: form-data; name=password of ann\r\n\r\n${secret}\r\n--b--`,
  'a field of a head': (secret) => `Authorization: ${secret}\r\nAccept: */*`,
};

/** Forms that show what they are. */
export const patternForms: Readonly<Record<string, (secret: string) => string>> = {
  'a URL': (secret) => `see https://ann:${secret}@db.example/x`,
  'a URL in a query': (secret) => `u=pg%3A%2F%2Fann%3A${secret}%40db.example%2Fx`,
  'a URL in JSON': (secret) => `{"u":"pg:\\/\\/ann:${secret}@db.example\\/x"}`,
  'a web token': (secret) => `x eyJhbGciOiJIUzI1NiJ9.${secret}.${secret} y`,
  bearer: (secret) => `said Bearer ${secret} twice`,
  'a private key': (secret) => `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----\n`,
  'an access key': (secret) => `id AKIA${secret.slice(0, 16)} of AWS`,
};

/** Letters that occur in no form otherwise, so that four of them can only be of the secret. */
export const secretText: fc.Arbitrary<string> = fc
  .array(fc.constantFrom('Q', 'Z', 'J', 'X', 'V'), { minLength: 16, maxLength: 40 })
  .map((letters) => letters.join(''));
export const fourOfSecret = /[QZJXV]{4}/;
