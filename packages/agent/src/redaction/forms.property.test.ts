import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RuleRedactor } from './rule-redactor.ts';
import { defaultRedactionRules } from './rules.ts';

const redactor = new RuleRedactor(defaultRedactionRules);

/** Every form that a body may carry a secret in; none of them may show a part of it. */
const forms: Readonly<Record<string, (secret: string) => string>> = {
  form: (secret) => `a=1&password=${secret}&b=2`,
  JSON: (secret) => JSON.stringify({ a: 1, password: secret, b: 2 }),
  'JSON in JSON': (secret) => JSON.stringify({ a: JSON.stringify({ password: secret }) }),
  'JSON in JSON in JSON': (secret) =>
    JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ password: secret, c: 1 }) }) }),
  XML: (secret) => `<a><password>${secret}</password></a>`,
  'XML with attributes': (secret) => `<a><password type="x" n='1'>${secret}</password></a>`,
  CDATA: (secret) => `<a><password><![CDATA[${secret}]]></password></a>`,
  multipart: (secret) => `--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n${secret}\r\n--b--`,
  'multipart without quotes': (secret) =>
    `--b\r\nContent-Disposition: form-data; name=password\r\n\r\n${secret}\r\n--b--`,
  'a field of a head': (secret) => `Authorization: ${secret}\r\nAccept: */*`,
  'a URL': (secret) => `see https://ann:${secret}@db.example/x`,
};

/** Letters that occur in no form otherwise, so that four of them can only be of the secret. */
const secretText = fc
  .array(fc.constantFrom('Q', 'Z', 'J', 'X', 'V'), { minLength: 12, maxLength: 40 })
  .map((letters) => letters.join(''));
const fourOfSecret = /[QZJXV]{4}/;

test.each(Object.entries(forms).filter(([name]) => name !== 'a URL'))(
  'a secret in %s never shows, wherever the bytes were cut off',
  (_name, form) => {
    fc.assert(
      fc.property(secretText, fc.double({ min: 0, max: 1, noNaN: true }), (secret, part) => {
        const bytes = Buffer.from(form(secret));
        const cut = bytes.subarray(0, Math.ceil(bytes.length * part));
        expect(Buffer.from(redactor.body(cut)).toString()).not.toMatch(fourOfSecret);
        expect(redactor.text(cut.toString())).not.toMatch(fourOfSecret);
        const masked = Buffer.from(cut);
        redactor.mask(masked, 0, masked.length);
        expect(masked.toString()).not.toMatch(fourOfSecret);
      }),
    );
  },
);

test.each(Object.entries(forms))(
  'a secret in %s never shows in a header that is not secret',
  (_name, form) => {
    fc.assert(
      fc.property(
        secretText,
        fc.constantFrom('accept', 'server', 'x-page', 'content-type'),
        (secret, name) => {
          expect(redactor.headers(new Map([[name, form(secret)]])).get(name)).not.toMatch(fourOfSecret);
        },
      ),
    );
  },
);
