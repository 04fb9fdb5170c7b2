/** Where the builder maps its only segment, so that addresses and offsets differ. */
export const BASE_ADDRESS = 0x40_0000;

const HEADER_BYTES = 64;
const PROGRAM_BYTES = 56;
const SECTION_BYTES = 64;
const SYMBOL_BYTES = 24;
const BUILD_ID = Uint8Array.from({ length: 20 }, (_, index) => index);

/** A small x86-64 file: one loaded segment with the given functions, `.dynsym`, `.dynstr`, and a build id note. */
export function buildElf(functions: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const names = Object.keys(functions);
  const strings = new TextEncoder().encode(`\0${names.join('\0')}\0`);
  const codeStart = HEADER_BYTES + 2 * PROGRAM_BYTES;
  const code = Object.values(functions);
  const starts = code.map((_, index) => codeStart + sum(code.slice(0, index)));
  const noteStart = codeStart + sum(code);
  const symbolStart = noteStart + 16 + BUILD_ID.length;
  const stringStart = symbolStart + (names.length + 1) * SYMBOL_BYTES;
  const sectionStart = stringStart + strings.length;
  const bytes = new Uint8Array(sectionStart + 3 * SECTION_BYTES);
  const view = new DataView(bytes.buffer);
  writeHeader(view, sectionStart);
  writeWords(view, HEADER_BYTES, [1, 5], [0, BASE_ADDRESS, 0, sectionStart, sectionStart, 4096]);
  writeWords(view, HEADER_BYTES + PROGRAM_BYTES, [4, 4], [noteStart, 0, 0, symbolStart - noteStart, 0, 4]);
  code.forEach((each, index) => bytes.set(each, starts[index]));
  writeNote(bytes, view, noteStart);
  names.forEach((name, index) => {
    const at = symbolStart + (index + 1) * SYMBOL_BYTES;
    view.setUint32(at, 1 + sum(names.slice(0, index).map((other) => ({ length: other.length + 1 }))), true);
    view.setUint8(at + 4, 0x12);
    view.setUint16(at + 6, 1, true);
    view.setBigUint64(at + 8, BigInt(BASE_ADDRESS + (starts[index] ?? 0)), true);
    view.setBigUint64(at + 16, BigInt(functions[name]?.length ?? 0), true);
  });
  bytes.set(strings, stringStart);
  writeWords(view, sectionStart + SECTION_BYTES, [0, 11], [0, 0, symbolStart, stringStart - symbolStart]);
  view.setUint32(sectionStart + SECTION_BYTES + 40, 2, true);
  writeWords(view, sectionStart + 2 * SECTION_BYTES, [0, 3], [0, 0, stringStart, strings.length]);
  return bytes;
}

function writeHeader(view: DataView, sectionStart: number): void {
  view.setUint32(0, 0x7f454c46, false);
  view.setUint32(4, 0x02010100, false);
  view.setUint16(18, 62, true);
  view.setBigUint64(32, BigInt(HEADER_BYTES), true);
  view.setBigUint64(40, BigInt(sectionStart), true);
  [HEADER_BYTES, PROGRAM_BYTES, 2, SECTION_BYTES, 3, 0].forEach((value, index) => {
    view.setUint16(52 + index * 2, value, true);
  });
}

/** 32-bit words, then 64-bit words. */
function writeWords(view: DataView, at: number, short: readonly number[], long: readonly number[]): void {
  short.forEach((value, index) => view.setUint32(at + index * 4, value, true));
  long.forEach((value, index) => view.setBigUint64(at + short.length * 4 + index * 8, BigInt(value), true));
}

function writeNote(bytes: Uint8Array, view: DataView, at: number): void {
  [4, BUILD_ID.length, 3].forEach((value, index) => view.setUint32(at + index * 4, value, true));
  bytes.set(new TextEncoder().encode('GNU\0'), at + 12);
  bytes.set(BUILD_ID, at + 16);
}

function sum(parts: readonly { readonly length: number }[]): number {
  return parts.reduce((total, { length }) => total + length, 0);
}
