import { readUint53, viewOf } from './byte-view.ts';
import { SECTION_HEADER_BYTES } from './elf-header.ts';
import type { ElfTable } from './elf-header.ts';
import type { ElfReader } from './elf-reader.ts';

/** Elf64_Shdr. `link` is the index of the section that this one refers to (a symbol table's strings). */
export interface ElfSection {
  readonly name: string;
  readonly type: number;
  readonly virtualAddress: number;
  readonly fileOffset: number;
  readonly sizeBytes: number;
  readonly link: number;
}

export const SHT_SYMTAB = 2;
export const SHT_NOTE = 7;
export const SHT_DYNSYM = 11;

const MAX_NAME_BYTES = 256;

/**
 * All section headers in their order, so that `link` indexes the result. A stripped or damaged table gives an
 * empty list, which is no failure: programs run without sections.
 */
export function readSections(
  reader: ElfReader,
  table: ElfTable,
  nameTableIndex: number,
): readonly ElfSection[] {
  const bytes = reader.read(table.offsetBytes, table.entryCount * SECTION_HEADER_BYTES);
  if (bytes === undefined) return [];
  const view = viewOf(bytes.slice());
  const nameTableOffset =
    nameTableIndex < table.entryCount
      ? readUint53(view, nameTableIndex * SECTION_HEADER_BYTES + 24)
      : undefined;
  const sections: ElfSection[] = [];
  for (let index = 0; index < table.entryCount; index += 1) {
    sections.push(readSection(reader, view, { at: index * SECTION_HEADER_BYTES, nameTableOffset }));
  }
  return sections;
}

interface SectionPlace {
  readonly at: number;
  readonly nameTableOffset: number | undefined;
}

function readSection(reader: ElfReader, view: DataView, { at, nameTableOffset }: SectionPlace): ElfSection {
  const nameOffset = view.getUint32(at, true);
  return {
    name: nameTableOffset === undefined ? '' : readName(reader, nameTableOffset + nameOffset),
    type: view.getUint32(at + 4, true),
    virtualAddress: readUint53(view, at + 16) ?? 0,
    fileOffset: readUint53(view, at + 24) ?? 0,
    sizeBytes: readUint53(view, at + 32) ?? 0,
    link: view.getUint32(at + 40, true),
  };
}

/** A NUL-terminated name, cut at 256 bytes; empty when it lies outside the file. */
export function readName(reader: ElfReader, offsetBytes: number): string {
  const lengthBytes = Math.min(MAX_NAME_BYTES, reader.sizeBytes - offsetBytes);
  const bytes = lengthBytes > 0 ? reader.read(offsetBytes, lengthBytes) : undefined;
  if (bytes === undefined) return '';
  const end = bytes.indexOf(0);
  return String.fromCharCode(...bytes.subarray(0, end < 0 ? bytes.length : end));
}
