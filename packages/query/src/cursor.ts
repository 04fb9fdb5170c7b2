import { type AppError, fail, type Outcome, succeed } from '@tomte/kit';
import { queryError } from './query-error.ts';
import type { TimeRange } from './time-range.ts';

/** Where a page ended: the key of its last row, and the question that it belongs to. */
export interface Cursor {
  readonly range: TimeRange;
  /** Values of the view's key, as text, in its order. */
  readonly key: readonly string[];
  /** Of the view's name, order, parameters and filters: a cursor continues the same question only. */
  readonly fingerprint: string;
}

const VERSION = 1;
const MAX_CURSOR_CHARACTERS = 2_048;
const DIGITS = /^\d{1,19}$/;

/** Opaque text, safe in a URL. */
export function encodeCursor(cursor: Cursor): string {
  const { range, key, fingerprint } = cursor;
  const text = JSON.stringify([VERSION, range.fromNs.toString(), range.toNs.toString(), fingerprint, ...key]);
  const bytes = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
  return btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

export function decodeCursor(text: string): Outcome<Cursor, AppError> {
  const fields = text.length > MAX_CURSOR_CHARACTERS ? undefined : decodeFields(text);
  const [version, from, to, fingerprint, ...key] = fields ?? [];
  const isWhole =
    version === VERSION &&
    isDigits(from) &&
    isDigits(to) &&
    typeof fingerprint === 'string' &&
    key.every(isText);
  if (!isWhole) return fail(invalidCursor('the cursor cannot be read'));
  return succeed({ range: { fromNs: BigInt(from), toNs: BigInt(to) }, fingerprint, key });
}

export function invalidCursor(facts: string): AppError {
  const remedy = 'Take next_cursor of the answer before and leave all other parameters as they were.';
  return queryError('QUERY_CURSOR_INVALID', facts, remedy);
}

function decodeFields(text: string): readonly unknown[] | undefined {
  try {
    const bytes = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    const fields: unknown = JSON.parse(
      new TextDecoder().decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0))),
    );
    return Array.isArray(fields) ? fields : undefined;
  } catch {
    return undefined; // Not base64url or not JSON: the asker's text, not our defect.
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isDigits(value: unknown): value is string {
  return isText(value) && DIGITS.test(value);
}

/** FNV-1a of 32 bits over UTF-16 units, in hexadecimal: tells questions apart, guards nothing. */
export function fingerprintOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(16);
}
