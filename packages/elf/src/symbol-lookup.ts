import { forEachChunk } from './elf-reader.ts';
import type { ElfReader } from './elf-reader.ts';
import { forEachSymbol } from './elf-symbol.ts';
import type { ElfSymbol, ElfSymbolTable } from './elf-symbol.ts';

/** A name that occurs more often than this as the end of other names makes a table hostile. */
const MAX_PLACES = 65_536;

/**
 * Finds defined symbols by name in two sequential passes: where in the strings a wanted name ends a string (linkers
 * let names share tails), then which symbols point there. Costs one comparison for each symbol; memory is bounded
 * by the number of wanted names.
 */
export function findInTable(
  reader: ElfReader,
  table: ElfSymbolTable,
  names: ReadonlySet<string>,
): ReadonlyMap<string, ElfSymbol> {
  const found = new Map<string, ElfSymbol>();
  const places = findNamePlaces(reader, table, names);
  if (places.size === 0) return found;
  forEachSymbol(reader, table, (nameOffset, symbol) => {
    const name = places.get(nameOffset);
    if (name === undefined || (found.has(name) && symbol.sizeBytes === 0)) return;
    const known = found.get(name);
    if (known === undefined || known.sizeBytes === 0) found.set(name, { name, ...symbol });
  });
  return found;
}

/** Offsets in the string table at which a wanted name stands, ended by NUL or by `@` and a version. */
function findNamePlaces(
  reader: ElfReader,
  table: ElfSymbolTable,
  names: ReadonlySet<string>,
): Map<number, string> {
  const wanted = groupByLastByte(names);
  const places = new Map<number, string>();
  const overlapBytes = Math.max(0, ...Array.from(names, (name) => name.length)) + 1;
  const range = { offsetBytes: table.stringsOffset, lengthBytes: table.stringsSizeBytes, overlapBytes };
  forEachChunk(reader, range, (chunk, offsetBytes) => {
    const base = offsetBytes - table.stringsOffset;
    for (let at = 1; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (byte !== 0 && byte !== AT_SIGN) continue;
      for (const name of wanted.get(chunk[at - 1] ?? 0) ?? []) {
        if (endsWith(chunk, at, name.bytes)) places.set(base + at - name.bytes.length, name.text);
      }
    }
    return places.size < MAX_PLACES;
  });
  return places;
}

const AT_SIGN = 0x40;

interface WantedName {
  readonly text: string;
  readonly bytes: Uint8Array;
}

function groupByLastByte(names: ReadonlySet<string>): Map<number, WantedName[]> {
  const groups = new Map<number, WantedName[]>();
  for (const text of names) {
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    const last = bytes.at(-1);
    if (last === undefined) continue;
    const group = groups.get(last) ?? [];
    group.push({ text, bytes });
    groups.set(last, group);
  }
  return groups;
}

function endsWith(chunk: Uint8Array, end: number, name: Uint8Array): boolean {
  const start = end - name.length;
  if (start < 0) return false;
  for (let index = 0; index < name.length; index += 1) {
    if (chunk[start + index] !== name[index]) return false;
  }
  return true;
}
