import { fail, succeed } from '@tomte/kit';
import type { Outcome } from '@tomte/kit';
import { readBuildId } from './build-id.ts';
import { elfError } from './elf-error.ts';
import type { ElfError } from './elf-error.ts';
import { parseElfHeader } from './elf-header.ts';
import type { ElfHeader, ElfMachine } from './elf-header.ts';
import { createBytesReader } from './elf-reader.ts';
import type { ElfReader } from './elf-reader.ts';
import { readSections } from './elf-section.ts';
import type { ElfSection } from './elf-section.ts';
import { findLoadSegment, readSegments } from './elf-segment.ts';
import type { ElfSegment } from './elf-segment.ts';
import { findSymbolTables } from './elf-symbol.ts';
import type { ElfSymbol, ElfSymbolTable } from './elf-symbol.ts';
import { findInTable } from './symbol-lookup.ts';

/** A parsed file: the small tables are in memory, symbols and code are read on demand. */
export interface ElfFile {
  readonly reader: ElfReader;
  readonly machine: ElfMachine;
  readonly segments: readonly ElfSegment[];
  readonly sections: readonly ElfSection[];
  readonly symbolTables: readonly ElfSymbolTable[];
  /** NT_GNU_BUILD_ID in hex; undefined when the linker left none. */
  readonly buildId: string | undefined;
}

/** Parses the headers of bytes or of a random-access file. Bounded by the file's size; never throws on any content. */
export function parseElf(source: Uint8Array | ElfReader): Outcome<ElfFile, ElfError> {
  const reader = source instanceof Uint8Array ? createBytesReader(source) : source;
  const header = parseElfHeader(reader);
  if (!header.ok) return header;
  const segments = readSegments(reader, header.value.programHeaders);
  if (segments === undefined)
    return fail(elfError('ELF_MALFORMED', 'The program headers lie outside the file.'));
  return succeed(toElfFile(reader, header.value, segments));
}

function toElfFile(reader: ElfReader, header: ElfHeader, segments: readonly ElfSegment[]): ElfFile {
  const sections = readSections(reader, header.sectionHeaders, header.nameTableIndex);
  return {
    reader,
    machine: header.machine,
    segments,
    sections,
    symbolTables: findSymbolTables(reader, sections),
    buildId: readBuildId(reader, segments, sections),
  };
}

/** `st_value - p_vaddr + p_offset` of the PT_LOAD that contains the address; undefined when no file byte is mapped there. */
export function virtualToFileOffset(elf: ElfFile, virtualAddress: number): number | undefined {
  const segment = findLoadSegment(elf.segments, virtualAddress);
  return segment === undefined ? undefined : virtualAddress - segment.virtualAddress + segment.fileOffset;
}

/** Up to `lengthBytes` bytes mapped at the address, fewer at the end of the segment; undefined when there are none. */
export function readVirtual(
  elf: ElfFile,
  virtualAddress: number,
  lengthBytes: number,
): Uint8Array | undefined {
  const segment = findLoadSegment(elf.segments, virtualAddress);
  if (segment === undefined) return undefined;
  const delta = virtualAddress - segment.virtualAddress;
  const offsetBytes = segment.fileOffset + delta;
  const available = Math.min(segment.fileSizeBytes - delta, elf.reader.sizeBytes - offsetBytes, lengthBytes);
  const bytes = available > 0 ? elf.reader.read(offsetBytes, available) : undefined;
  return bytes?.slice();
}

/** Defined symbols of the given names; a name that is absent is absent from the result. */
export function findSymbols(elf: ElfFile, names: Iterable<string>): ReadonlyMap<string, ElfSymbol> {
  const found = new Map<string, ElfSymbol>();
  const missing = new Set(names);
  for (const table of elf.symbolTables) {
    if (missing.size === 0) break;
    for (const [name, symbol] of findInTable(elf.reader, table, missing)) {
      found.set(name, symbol);
      missing.delete(name);
    }
  }
  return found;
}
