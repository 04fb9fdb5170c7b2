import type { Redactor } from '../redaction/redactor.ts';

/** Where the body of a message ends (RFC 9112 §6.3). */
export type BodyFraming =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until_close' }
  /** Behind this head another protocol begins. */
  | { readonly kind: 'upgraded' };

export interface MaskedHead {
  readonly isRequest: boolean;
  readonly method: string;
  readonly isInterim: boolean;
  readonly framing: BodyFraming;
  /** The body is compressed: what it holds cannot be masked, only the whole of it. */
  readonly isEncoded: boolean;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const COLON = 0x3a;
const SPACE = 0x20;
const TAB = 0x09;
const ASTERISK = 0x2a;
const MAX_NAME_BYTES = 128;
/** What says where messages end is left alone. */
const framingNames = new Set([
  'content-length',
  'transfer-encoding',
  'content-encoding',
  'connection',
  'upgrade',
  'trailer',
]);
const startLine = /^(?:HTTP\/1\.\d (\d{3})|([!#$%&'*+.^_`|~\dA-Za-z-]{1,32}) \S+ HTTP\/1\.\d)/;
const START_LINE_BYTES = 16 * 1024;

/** Whether bytes begin a message of HTTP/1: enough to tell, or not yet. */
export function beginsMessage(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 40)).toString('latin1');
  return /^(?:HTTP\/1\.|(?:GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH|[A-Z][A-Z-]{2,15}) \S)/.test(
    text,
  );
}

/** Position behind the empty line that ends a head, or -1. A bare LF counts, as lenient servers take it. */
export function findHeadEnd(bytes: Uint8Array, from: number, end: number): number {
  for (let at = bytes.indexOf(LINE_FEED, from); at >= 0 && at < end; at = bytes.indexOf(LINE_FEED, at + 1)) {
    if (at + 1 < end && bytes[at + 1] === LINE_FEED) return at + 2;
    if (at + 2 < end && bytes[at + 1] === CARRIAGE_RETURN && bytes[at + 2] === LINE_FEED) return at + 3;
  }
  return -1;
}

/**
 * Masks a whole head in place and says what follows it.
 * @param requestMethod of the request that this answers, where it is a response
 */
export function maskHead(
  bytes: Buffer,
  range: { start: number; end: number },
  redactor: Redactor,
  requestMethod: () => string,
): MaskedHead | undefined {
  const [, status, method = ''] =
    startLine.exec(
      bytes.toString('latin1', range.start, Math.min(range.end, range.start + START_LINE_BYTES)),
    ) ?? [];
  const fields = maskLines(bytes, range, redactor);
  if (status === undefined && method === '') return undefined;
  const code = Number(status ?? 0);
  const isRequest = status === undefined;
  const isInterim = !isRequest && code >= 100 && code < 200;
  const answered = isRequest || isInterim ? '' : requestMethod();
  return {
    isRequest,
    method,
    isInterim,
    framing: framingOf(fields, { isRequest, code, answered }),
    isEncoded: /gzip|deflate|br|zstd|compress/i.test(fields.get('content-encoding') ?? ''),
  };
}

function framingOf(
  fields: ReadonlyMap<string, string>,
  of: { isRequest: boolean; code: number; answered: string },
): BodyFraming {
  if (of.code === 101 || (of.answered === 'CONNECT' && of.code >= 200 && of.code < 300))
    return { kind: 'upgraded' };
  const isBodiless =
    !of.isRequest && (of.code < 200 || of.code === 204 || of.code === 304 || of.answered === 'HEAD');
  if (isBodiless) return { kind: 'none' };
  if (/chunked/i.test(fields.get('transfer-encoding') ?? '')) return { kind: 'chunked' };
  const length = fields.get('content-length')?.split(',', 1)[0]?.trim() ?? '';
  if (/^\d{1,15}$/.test(length))
    return Number(length) === 0 ? { kind: 'none' } : { kind: 'length', bytes: Number(length) };
  return of.isRequest ? { kind: 'none' } : { kind: 'until_close' };
}

/** Masks each line by its name; returns the fields that decide the framing. */
export function maskLines(
  bytes: Buffer,
  range: { start: number; end: number },
  redactor: Redactor,
): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  let isSecret = false;
  for (let at = range.start; at < range.end;) {
    const feed = bytes.indexOf(LINE_FEED, at);
    const next = feed < 0 || feed >= range.end ? range.end : feed + 1;
    const lineEnd = trimEnd(bytes, at, next);
    const isFolded = bytes[at] === SPACE || bytes[at] === TAB;
    if (isFolded && isSecret) bytes.fill(ASTERISK, at + 1, Math.max(at + 1, lineEnd));
    else isSecret = maskLine(bytes, { start: at, end: lineEnd }, { redactor, fields });
    at = next;
  }
  return fields;
}

function trimEnd(bytes: Buffer, start: number, next: number): number {
  let end = next;
  while (end > start && (bytes[end - 1] === LINE_FEED || bytes[end - 1] === CARRIAGE_RETURN)) end -= 1;
  return end;
}

/** True when the value was secret: folded lines behind it belong to it. */
function maskLine(
  bytes: Buffer,
  line: { start: number; end: number },
  to: { redactor: Redactor; fields: Map<string, string> },
): boolean {
  const colon = bytes.subarray(line.start, Math.min(line.end, line.start + MAX_NAME_BYTES)).indexOf(COLON);
  const name =
    colon < 0
      ? ''
      : bytes
          .toString('latin1', line.start, line.start + colon)
          .trim()
          .toLowerCase();
  const valueStart = line.start + colon + 1;
  if (framingNames.has(name)) {
    to.fields.set(name, bytes.toString('latin1', valueStart, line.end).trim());
    return false;
  }
  if (name !== '' && to.redactor.isSecretHeader(name)) {
    let from = valueStart;
    while (from < line.end && (bytes[from] === SPACE || bytes[from] === TAB)) from += 1;
    bytes.fill(ASTERISK, from, line.end);
    return true;
  }
  to.redactor.mask(bytes, line.start, line.end);
  return false;
}
