import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseRedactionRules } from './parse-rules.ts';
import { createRedactor } from './rule-redactor.ts';
import { defaultRedactionRules } from './rules.ts';
import { redactionPage } from './rules-page.ts';

const folder = join(import.meta.dirname, '../../testdata/redaction');
const parse = (name: string) => parseRedactionRules(readFileSync(join(folder, name), 'utf8'), name);

const bad: Readonly<Record<string, string>> = {
  'enabled.json': 'enabled must be true or false',
  'field-empty.json': 'fields.contains[0] is "--", which names nothing (header names in lower case)',
  'field-kind.json': 'fields.regex is no key; known are exact, suffix, contains',
  'field-long.json': 'fields.suffix[0] is longer than 64 characters',
  'field-number.json': 'fields.exact[0] must be a string',
  'header-case.json': 'headers[0] is "X-Token", which names nothing (header names in lower case)',
  'headers-list.json': 'headers must be a list',
  'not-json.json': 'it is not JSON',
  'not-object.json': 'the file must be an object',
  'pattern.json': 'patterns.cardNumbers must be true or false',
  'unknown-key.json': 'header is no key; known are version, enabled, headers, fields, patterns',
  'version.json': 'version must be 1',
};

test('every bad file has its message', () => {
  expect(readdirSync(join(folder, 'bad')).sort()).toEqual(Object.keys(bad));
});

test.each(Object.entries(bad))('%s: %s', (name, message) => {
  const outcome = parse(`bad/${name}`);
  expect(!outcome.ok && outcome.error.message).toBe(`bad/${name}: ${message}`);
  expect(!outcome.ok && outcome.error.code).toBe('AGENT_REDACTION_RULES_INVALID');
});

test.each(readdirSync(join(folder, 'good')))('%s is taken', (name) => {
  expect(parse(`good/${name}`).ok).toBe(true);
});

test('rules add to the defaults, patterns can be switched off, and all of it as well', () => {
  const more = parse('good/more.json');
  const off = parse('good/off.json');
  if (!more.ok || !off.ok) throw new Error('a good file was refused');
  const text = 'iban=DE1&ib%61n=DE2&kundennummer_x=7&password=p&to=ann@example.com';
  expect(createRedactor(more.value).text(text)).toBe(
    'iban=[redacted]&ib%61n=[redacted]&kundennummer_x=[redacted]&password=[redacted]&to=ann@example.com',
  );
  expect(createRedactor(more.value).isSecretHeader('x-internal-user')).toBe(true);
  expect(createRedactor(off.value).text(text)).toBe(text);
});

test('the reference says what the rules say', async () => {
  const page = join(import.meta.dirname, '../../../../docs/reference/redaction.md');
  await expect(redactionPage(defaultRedactionRules)).toMatchFileSnapshot(page);
});
