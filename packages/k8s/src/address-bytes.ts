const ADDRESS_BYTES = 16;
const V4_BYTES = 4;
/** RFC 4291 §2.5.5.2: ::ffff:0:0/96. */
const MAPPED_PREFIX_BYTES = 12;

/** Writes an address of 4 or 16 bytes as 16, IPv4 as v4-mapped; false when it has another length. */
export function toMapped(address: Uint8Array, into: Uint8Array): boolean {
  if (address.length === ADDRESS_BYTES) {
    into.set(address);
    return true;
  }
  if (address.length !== V4_BYTES) return false;
  into.fill(0, 0, 10);
  into.fill(0xff, 10, MAPPED_PREFIX_BYTES);
  into.set(address, MAPPED_PREFIX_BYTES);
  return true;
}

/** 4 or 16 bytes of an address as Kubernetes writes it; undefined when it is none. */
export function parseAddress(text: string): Uint8Array | undefined {
  return text.includes(':') ? parseV6(text) : parseV4(text);
}

function parseV4(text: string): Uint8Array | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  const parts = match?.slice(1).map(Number) ?? [];
  if (parts.length !== V4_BYTES || parts.some((part) => part > 255)) return undefined;
  return Uint8Array.from(parts);
}

/** RFC 4291 §2.2: hexadecimal groups, at most one `::`, perhaps an IPv4 address at the end. */
function parseV6(text: string): Uint8Array | undefined {
  const [head = '', tail, more] = text.split('::');
  if (more !== undefined) return undefined;
  const before = groupBytes(head);
  const after = tail === undefined ? [] : groupBytes(tail);
  if (before === undefined || after === undefined) return undefined;
  const missing = ADDRESS_BYTES - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 2) return undefined;
  return Uint8Array.from([...before, ...new Array<number>(missing).fill(0), ...after]);
}

function groupBytes(text: string): number[] | undefined {
  if (text === '') return [];
  const groups = text.split(':');
  const bytes: number[] = [];
  for (const [index, group] of groups.entries()) {
    const v4 = index === groups.length - 1 && group.includes('.') ? parseV4(group) : undefined;
    if (v4 !== undefined) bytes.push(...v4);
    else if (/^[0-9a-f]{1,4}$/i.test(group)) bytes.push(parseInt(group, 16) >> 8, parseInt(group, 16) & 0xff);
    else return undefined;
  }
  return bytes;
}

const UID_CHARACTERS = 36;
const HYPHEN = 0x2d;
const hexDigits = Buffer.from('0123456789abcdef', 'latin1');

/** Writes the 16 bytes of a UUID, with or without hyphens; false when it is none. */
export function readUid(uid: string, into: Uint8Array): boolean {
  let digits = 0;
  for (let index = 0; index < uid.length; index += 1) {
    const code = uid.charCodeAt(index);
    if (code === HYPHEN) continue;
    const value = digitOf(code);
    if (value < 0 || digits === ADDRESS_BYTES * 2) return false;
    if (digits % 2 === 0) into[digits >> 1] = value << 4;
    else into[digits >> 1] = (into[digits >> 1] ?? 0) | value;
    digits += 1;
  }
  return digits === ADDRESS_BYTES * 2;
}

/** 16 bytes of a UUID; undefined when it is none. */
export function parseUid(uid: string): Uint8Array | undefined {
  const bytes = new Uint8Array(ADDRESS_BYTES);
  return readUid(uid, bytes) ? bytes : undefined;
}

function digitOf(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : -1;
}

const uidScratch = Buffer.alloc(UID_CHARACTERS, '-', 'latin1');

/** The text of a UUID's 16 bytes. */
export function uidText(bytes: Uint8Array): string {
  let at = 0;
  for (let index = 0; index < ADDRESS_BYTES; index += 1) {
    if (at === 8 || at === 13 || at === 18 || at === 23) at += 1;
    const byte = bytes[index] ?? 0;
    uidScratch[at] = hexDigits[byte >> 4] ?? 0;
    uidScratch[at + 1] = hexDigits[byte & 15] ?? 0;
    at += 2;
  }
  return uidScratch.toString('latin1');
}
