import { readUint53, viewOf } from './byte-view.ts';
import { forEachChunk, isRangeInside } from './elf-reader.ts';
import type { ElfReader } from './elf-reader.ts';
import { readName, SHT_DYNSYM, SHT_SYMTAB } from './elf-section.ts';
import type { ElfSection } from './elf-section.ts';

/** A defined symbol (Elf64_Sym). Versions are ignored: of `SSL_read@@OPENSSL_3.0.0` the name is `SSL_read`. */
export interface ElfSymbol {
  readonly name: string;
  readonly virtualAddress: number;
  readonly sizeBytes: number;
  readonly type: ElfSymbolType;
}

export type ElfSymbolType = 'function' | 'object' | 'other';

/** A symbol table with its strings, both inside the file. */
export interface ElfSymbolTable {
  readonly symbolsOffset: number;
  readonly symbolCount: number;
  readonly stringsOffset: number;
  readonly stringsSizeBytes: number;
}

const SYMBOL_BYTES = 24;
/** A browser with all its local symbols has about 2 million. */
const MAX_SYMBOLS = 8_000_000;

/** Tables in the order in which names are looked up: `.dynsym`, which strip keeps, before `.symtab`. */
export function findSymbolTables(
  reader: ElfReader,
  sections: readonly ElfSection[],
): readonly ElfSymbolTable[] {
  const ordered = [
    ...sections.filter(({ type }) => type === SHT_DYNSYM),
    ...sections.filter(({ type }) => type === SHT_SYMTAB),
  ];
  return ordered.flatMap((section) => {
    const strings = sections[section.link];
    if (strings === undefined || !isRangeInside(strings.fileOffset, strings.sizeBytes, reader.sizeBytes))
      return [];
    if (!isRangeInside(section.fileOffset, section.sizeBytes, reader.sizeBytes)) return [];
    return [
      {
        symbolsOffset: section.fileOffset,
        symbolCount: Math.min(MAX_SYMBOLS, Math.floor(section.sizeBytes / SYMBOL_BYTES)),
        stringsOffset: strings.fileOffset,
        stringsSizeBytes: strings.sizeBytes,
      },
    ];
  });
}

/** Visits the defined entries of a table without materialising them; `visit` gets the name's offset in the strings. */
export function forEachSymbol(
  reader: ElfReader,
  table: ElfSymbolTable,
  visit: (nameOffset: number, symbol: Omit<ElfSymbol, 'name'>) => void,
): void {
  const range = { offsetBytes: table.symbolsOffset, lengthBytes: table.symbolCount * SYMBOL_BYTES };
  // A chunk starts where an entry may straddle: entries are placed by their index, not by the chunk.
  forEachChunk(reader, { ...range, overlapBytes: SYMBOL_BYTES - 1 }, (chunk, offsetBytes) => {
    const view = viewOf(chunk.slice());
    const skew = (offsetBytes - table.symbolsOffset) % SYMBOL_BYTES;
    for (
      let at = skew === 0 ? 0 : SYMBOL_BYTES - skew;
      at + SYMBOL_BYTES <= chunk.length;
      at += SYMBOL_BYTES
    ) {
      const symbol = readSymbol(view, at);
      if (symbol !== undefined) visit(view.getUint32(at, true), symbol);
    }
    return true;
  });
}

/** All defined symbols of a table with their names. Meant for tests and small files; one read for each name. */
export function* listSymbols(reader: ElfReader, table: ElfSymbolTable): Generator<ElfSymbol> {
  const entries: [number, Omit<ElfSymbol, 'name'>][] = [];
  forEachSymbol(reader, table, (nameOffset, symbol) => entries.push([nameOffset, symbol]));
  for (const [nameOffset, symbol] of entries) {
    if (nameOffset >= table.stringsSizeBytes) continue;
    const [name = ''] = readName(reader, table.stringsOffset + nameOffset).split('@', 1);
    yield { ...symbol, name };
  }
}

function readSymbol(view: DataView, at: number): Omit<ElfSymbol, 'name'> | undefined {
  const isDefined = view.getUint16(at + 6, true) !== 0;
  const virtualAddress = isDefined ? readUint53(view, at + 8) : undefined;
  const sizeBytes = isDefined ? readUint53(view, at + 16) : undefined;
  if (virtualAddress === undefined || sizeBytes === undefined) return undefined;
  return { virtualAddress, sizeBytes, type: toSymbolType(view.getUint8(at + 4) & 0xf) };
}

/** STT_FUNC 2; STT_OBJECT 1. STT_GNU_IFUNC (10) is no function: its value is a resolver. */
function toSymbolType(type: number): ElfSymbolType {
  if (type === 2) return 'function';
  return type === 1 ? 'object' : 'other';
}
