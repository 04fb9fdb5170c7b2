import { fail, succeed } from '@tomte/kit';
import type { AppError, Outcome } from '@tomte/kit';
import { agentErrors } from '../errors.ts';
import type { KeyRules } from './key-matcher.ts';
import { defaultRedactionRules } from './rules.ts';
import type { RedactionPatterns, RedactionRules } from './rules.ts';

const MAX_RULES_BYTES = 256 * 1024;
const MAX_WORDS = 1_000;
const MAX_WORD_CHARACTERS = 64;
const headerName = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;
const fieldWord = /^[A-Za-z0-9_.-]*[A-Za-z0-9][A-Za-z0-9_.-]*$/;

const topKeys = ['version', 'enabled', 'headers', 'fields', 'patterns'];
const fieldKeys = ['exact', 'suffix', 'contains'] as const;
const patternKeys = ['urlCredentials', 'tokens', 'cardNumbers', 'emailAddresses'] as const;

/** Thrown and caught inside of this file only. */
class Problem extends Error {}

type Json = Readonly<Record<string, unknown>>;

/**
 * Rules from JSON text: `{"version": 1, "enabled": true, "headers": [...], "fields": {"exact": [...],
 * "suffix": [...], "contains": [...]}, "patterns": {"emailAddresses": false}}`. Lists add to the defaults,
 * which cannot be taken away one by one; a pattern can be switched off.
 *
 * @param where names the text in the error: AGENT_REDACTION_RULES_INVALID
 */
export function parseRedactionRules(text: string, where: string): Outcome<RedactionRules, AppError> {
  try {
    return succeed(toRules(text));
  } catch (thrown) {
    if (thrown instanceof Problem) return fail(agentErrors.redactionRules(where, thrown.message));
    throw thrown;
  }
}

function toRules(text: string): RedactionRules {
  if (text.length > MAX_RULES_BYTES) throw new Problem(`it is longer than ${MAX_RULES_BYTES} characters`);
  const json = toObject(parseJson(text), 'the file');
  refuseOtherKeys(json, topKeys, '');
  if (json['version'] !== 1) throw new Problem('version must be 1');
  const isEnabled = toBoolean(json['enabled'] ?? true, 'enabled');
  const headers = toWords(json['headers'] ?? [], 'headers', headerName);
  return {
    isEnabled,
    headers: [...defaultRedactionRules.headers, ...headers],
    fields: toFields(json['fields'] ?? {}),
    patterns: toPatterns(json['patterns'] ?? {}),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem('it is not JSON');
  }
}

function toObject(value: unknown, name: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Problem(`${name} must be an object`);
  return { ...value };
}

function refuseOtherKeys(json: Json, known: readonly string[], prefix: string): void {
  const other = Object.keys(json).find((key) => !known.includes(key));
  if (other !== undefined) throw new Problem(`${prefix}${other} is no key; known are ${known.join(', ')}`);
}

function toBoolean(value: unknown, name: string): boolean {
  if (typeof value !== 'boolean') throw new Problem(`${name} must be true or false`);
  return value;
}

function toWords(value: unknown, name: string, shape: RegExp): string[] {
  if (!Array.isArray(value)) throw new Problem(`${name} must be a list`);
  if (value.length > MAX_WORDS) throw new Problem(`${name} has more than ${MAX_WORDS} words`);
  return value.map((word: unknown, index) => {
    const at = `${name}[${index}]`;
    if (typeof word !== 'string') throw new Problem(`${at} must be a string`);
    if (word.length > MAX_WORD_CHARACTERS)
      throw new Problem(`${at} is longer than ${MAX_WORD_CHARACTERS} characters`);
    if (!shape.test(word))
      throw new Problem(`${at} is ${JSON.stringify(word)}, which names nothing (header names in lower case)`);
    return word;
  });
}

function toFields(value: unknown): KeyRules {
  const json = toObject(value, 'fields');
  refuseOtherKeys(json, fieldKeys, 'fields.');
  const added = (key: (typeof fieldKeys)[number]): string[] => [
    ...defaultRedactionRules.fields[key],
    ...toWords(json[key] ?? [], `fields.${key}`, fieldWord),
  ];
  return { exact: added('exact'), suffix: added('suffix'), contains: added('contains') };
}

function toPatterns(value: unknown): RedactionPatterns {
  const json = toObject(value, 'patterns');
  refuseOtherKeys(json, patternKeys, 'patterns.');
  const read = (key: (typeof patternKeys)[number]): boolean =>
    toBoolean(json[key] ?? defaultRedactionRules.patterns[key], `patterns.${key}`);
  return {
    urlCredentials: read('urlCredentials'),
    tokens: read('tokens'),
    cardNumbers: read('cardNumbers'),
    emailAddresses: read('emailAddresses'),
  };
}
