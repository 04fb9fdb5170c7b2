/** Bytes and character classes of RFC 9110 §5.6 and RFC 9112. */
export const LF = 10;
export const CR = 13;
export const SP = 32;
export const HTAB = 9;
export const COLON = 58;

/** Longest method token that is taken for one. The registered ones have at most 17 characters. */
export const MAX_METHOD_BYTES = 32;

/** 1 for tchar (RFC 9110 §5.6.2): what a method or a header name is made of. */
const tokenTable = new Uint8Array(256);
for (const character of "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") {
  tokenTable[character.charCodeAt(0)] = 1;
}

export function isTokenByte(byte: number | undefined): boolean {
  return byte !== undefined && tokenTable[byte] === 1;
}

/** Value of a hexadecimal digit, or -1. */
export function hexValue(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/** IANA's HTTP method registry (2026), and `PURGE`, `NOTIFY` and UPnP's, which are as common. */
const registeredMethods = [
  ...['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY', 'PRI'],
  ...['ACL', 'BASELINE-CONTROL', 'BIND', 'CHECKIN', 'CHECKOUT', 'COPY', 'LABEL', 'LINK', 'LOCK', 'MERGE'],
  ...['MKACTIVITY', 'MKCALENDAR', 'MKCOL', 'MKREDIRECTREF', 'MKWORKSPACE', 'MOVE', 'ORDERPATCH', 'PROPFIND'],
  ...['PROPPATCH', 'REBIND', 'REPORT', 'SEARCH', 'UNBIND', 'UNCHECKOUT', 'UNLINK', 'UNLOCK', 'UPDATE'],
  ...['UPDATEREDIRECTREF', 'VERSION-CONTROL', 'PURGE', 'M-SEARCH', 'NOTIFY', 'SUBSCRIBE', 'UNSUBSCRIBE'],
];

const registered: ReadonlySet<string> = new Set(registeredMethods);
const unambiguous: ReadonlySet<string> = new Set(
  registeredMethods.filter(
    (method) => !registeredMethods.some((other) => other !== method && other.endsWith(method)),
  ),
);

export function isRegisteredMethod(method: string): boolean {
  return registered.has(method);
}

/** True when the word cannot be the tail of another registered method (`PATCH` may be cut from `PROPPATCH`). */
export function isWholeMethod(method: string): boolean {
  return unambiguous.has(method);
}
