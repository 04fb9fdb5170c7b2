import { noRedaction } from './redactor.ts';
import type { Redactor } from './redactor.ts';
import type { RedactionRules } from './rules.ts';
import { mayHoldSecret } from './byte-classes.ts';
import { MIN_CARD_DIGITS } from './card-number.ts';
import { SecretScanner } from './secret-scanner.ts';
import { redactCommandLine } from './command-line.ts';
import { RedactionMemory } from './redaction-memory.ts';

export const REDACTED = '[redacted]';
const redactedBytes = Buffer.from(REDACTED);
const ASTERISK = 0x2a;
/** Trailers are attributes of an exchange; the rules name them as headers. */
const TRAILER_PREFIX = /^http\.(?:request|response)\.trailer\./;
/** Longer texts do not occur: targets, headers and command lines are bounded before. The rest of one is taken out. */
const MAX_TEXT_CHARACTERS = 65_536;
/** Header names whose verdict is remembered; programs use some dozens. */
const MAX_REMEMBERED_NAMES = 4_096;

/** Longer values are not kept by their name: 2 MiB at most with what became of them. */
const MAX_LAST_VALUE_CHARACTERS = 256;

/** What is known of a header's name, and of the value that it had last: most have the same again. */
interface KnownHeader {
  readonly isSecret: boolean;
  lastValue: string;
  lastRedacted: string;
}

/** Redaction by rules. One instance an agent; it keeps scratch memory, and what it found in what repeats. */
export class RuleRedactor implements Redactor {
  readonly #scanner: SecretScanner;
  readonly #headerNames: ReadonlySet<string>;
  readonly #known = new Map<string, KnownHeader>();
  readonly #memory = new RedactionMemory();
  readonly #scratch = Buffer.allocUnsafeSlow(MAX_TEXT_CHARACTERS);

  constructor(rules: RedactionRules) {
    this.#scanner = new SecretScanner(rules);
    this.#headerNames = new Set(rules.headers);
  }

  text(text: string): string {
    if (!mayHoldSecret(text, MIN_CARD_DIGITS)) return text;
    const known = this.#memory.text(text);
    if (known !== undefined) return known;
    const redacted = this.#redactText(text);
    this.#memory.rememberText(text, redacted);
    return redacted;
  }

  #redactText(text: string): string {
    const length = this.#scratch.write(text, 'latin1'); // One byte a UTF-16 unit: positions stay the same.
    const isWhole = length === text.length;
    if (!this.#scanner.scan(this.#scratch, 0, length))
      return isWhole ? text : text.slice(0, length) + REDACTED;
    return replaceRanges(text, this.#scanner.ranges) + (isWhole ? '' : REDACTED);
  }

  headers(headers: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
    const known = this.#memory.headers(headers);
    if (known !== undefined) return known;
    let changed: Map<string, string> | undefined;
    let characters = 0;
    for (const [name, value] of headers) {
      characters += name.length + value.length;
      const redacted = this.#header(this.#knownHeader(name), value);
      if (redacted === value) continue;
      changed ??= new Map(headers);
      changed.set(name, redacted);
    }
    this.#memory.rememberHeaders(headers, changed ?? headers, characters);
    return changed ?? headers;
  }

  body(bytes: Uint8Array): Uint8Array {
    if (bytes.length === 0) return bytes;
    const known = this.#memory.body(bytes);
    if (known !== undefined) return known;
    const redacted = this.#redactBody(bytes);
    this.#memory.rememberBody(bytes, redacted);
    return redacted;
  }

  #redactBody(bytes: Uint8Array): Uint8Array {
    if (!this.#scanner.scan(bytes, 0, bytes.length)) return bytes;
    const { ranges } = this.#scanner;
    const parts: Uint8Array[] = [];
    let from = 0;
    for (let index = 0; index < ranges.length; index += 2) {
      parts.push(bytes.subarray(from, ranges[index]), redactedBytes);
      from = ranges[index + 1] ?? from;
    }
    parts.push(bytes.subarray(from));
    return Buffer.concat(parts);
  }

  commandLine(commandLine: string): string {
    const options = redactCommandLine(commandLine, this.#scanner.keys, REDACTED);
    return this.text(options);
  }

  mask(bytes: Uint8Array, start: number, end: number): void {
    if (!this.#scanner.scan(bytes, start, end)) return;
    const { ranges } = this.#scanner;
    for (let index = 0; index < ranges.length; index += 2)
      bytes.fill(ASTERISK, ranges[index], ranges[index + 1]);
  }

  isSecretHeader(name: string): boolean {
    return this.#knownHeader(name).isSecret;
  }

  #header(known: KnownHeader, value: string): string {
    if (known.isSecret) return REDACTED;
    if (known.lastValue === value) return known.lastRedacted;
    const redacted = this.text(value);
    if (value.length > MAX_LAST_VALUE_CHARACTERS) return redacted;
    known.lastValue = value;
    known.lastRedacted = redacted;
    return redacted;
  }

  #knownHeader(name: string): KnownHeader {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const own = name.replace(TRAILER_PREFIX, '');
    const isSecret = this.#headerNames.has(own) || this.#scanner.keys.matches(own);
    const header = { isSecret, lastValue: '', lastRedacted: '' };
    if (this.#known.size < MAX_REMEMBERED_NAMES) this.#known.set(name, header);
    return header;
  }
}

export function createRedactor(rules: RedactionRules): Redactor {
  return rules.isEnabled ? new RuleRedactor(rules) : noRedaction;
}

function replaceRanges(text: string, ranges: readonly number[]): string {
  let replaced = '';
  let from = 0;
  for (let index = 0; index < ranges.length; index += 2) {
    replaced += text.slice(from, ranges[index]) + REDACTED;
    from = ranges[index + 1] ?? from;
  }
  return replaced + text.slice(from);
}
