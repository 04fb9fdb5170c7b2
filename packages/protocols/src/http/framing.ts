import type { Head } from './head.ts';

/** How the end of a message body is known (RFC 9112 §6.3). */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'close' }
  /** The connection is another protocol's from here on. */
  | { readonly kind: 'tunnel' }
  /** The head contradicts itself: where the message ends is anybody's guess. */
  | { readonly kind: 'unknown'; readonly detail: string };

const none: Framing = { kind: 'none' };
const chunked: Framing = { kind: 'chunked' };
const untilClose: Framing = { kind: 'close' };
const tunnel: Framing = { kind: 'tunnel' };

const digits = /^\d{1,15}$/;

/** §6.3 rules 4–8 for requests. A request whose last transfer coding is not chunked has no end that can be known. */
export function requestFraming(head: Head): Framing {
  const coding = head.headers.get('transfer-encoding');
  if (coding !== undefined && coding !== '') {
    return isChunked(coding) ? chunked : { kind: 'unknown', detail: 'transfer_encoding' };
  }
  return lengthFraming(head) ?? none;
}

/**
 * §6.3 rules 1–8 for responses. `method` is undefined when the request was not seen: then nobody can tell
 * a response to HEAD by its head, and the reader looks at what follows.
 */
export function responseFraming(head: Head, method: string | undefined): Framing {
  const statusCode = head.line.kind === 'response' ? head.line.statusCode : 0;
  if (statusCode === 101) return tunnel;
  if (isInterimStatus(statusCode) || statusCode === 204 || statusCode === 304 || method === 'HEAD')
    return none;
  if (method === 'CONNECT' && statusCode < 300) return tunnel;
  const coding = head.headers.get('transfer-encoding');
  if (coding !== undefined && coding !== '') return isChunked(coding) ? chunked : untilClose;
  return lengthFraming(head) ?? untilClose;
}

/** 1xx: another response follows (RFC 9110 §15.2), but for 101. What lies below is no status and is read like 5xx (§15). */
export function isInterimStatus(statusCode: number): boolean {
  return statusCode >= 100 && statusCode < 200 && statusCode !== 101;
}

/** Content-Length: one value, or the same one several times (§6.3 rule 5). */
function lengthFraming(head: Head): Framing | undefined {
  const value = head.headers.get('content-length');
  if (value === undefined) return undefined;
  const values = value.includes(',') ? value.split(',').map((each) => each.trim()) : [value];
  const first = values[0] ?? '';
  if (!digits.test(first) || values.some((each) => each !== first)) {
    return { kind: 'unknown', detail: 'content_length' };
  }
  const bytes = Number(first);
  return bytes === 0 ? none : { kind: 'length', bytes };
}

function isChunked(codings: string): boolean {
  return (
    codings
      .slice(codings.lastIndexOf(',') + 1)
      .trim()
      .toLowerCase() === 'chunked'
  );
}
