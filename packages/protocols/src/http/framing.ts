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

export const none: Framing = { kind: 'none' };
export const tunnel: Framing = { kind: 'tunnel' };
const chunked: Framing = { kind: 'chunked' };
const untilClose: Framing = { kind: 'close' };
const unknownCoding: Framing = { kind: 'unknown', detail: 'transfer_encoding' };

const digits = /^\d{1,15}$/;

/** What the fields say, for a request and for a response that may have a body. */
export interface Framings {
  readonly ofRequest: Framing;
  readonly ofResponse: Framing;
  /** A length beside a transfer coding: the coding counts, and some readers think otherwise (§6.3 rule 3). */
  readonly isConflicting: boolean;
}

/** §6.3 rules 4–8. A request whose last transfer coding is not chunked has no end that can be known. */
export function framingsOf(headers: ReadonlyMap<string, string>): Framings {
  const coding = headers.get('transfer-encoding');
  const length = headers.get('content-length');
  const isConflicting = coding !== undefined && length !== undefined;
  if (coding === undefined || coding === '') {
    const framing = lengthFraming(length);
    return { ofRequest: framing ?? none, ofResponse: framing ?? untilClose, isConflicting };
  }
  if (isChunked(coding)) return { ofRequest: chunked, ofResponse: chunked, isConflicting };
  return { ofRequest: unknownCoding, ofResponse: untilClose, isConflicting };
}

/** 1xx: another response follows (RFC 9110 §15.2), but for 101. What lies below is no status and is read like 5xx (§15). */
export function isInterimStatus(statusCode: number): boolean {
  return statusCode >= 100 && statusCode < 200 && statusCode !== 101;
}

/** Content-Length: one value, or the same one several times (§6.3 rule 5). */
function lengthFraming(value: string | undefined): Framing | undefined {
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
