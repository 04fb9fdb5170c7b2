import { fail, succeed } from '@tomte/kit';
import type { Outcome } from '@tomte/kit';
import { readUint53, viewOf } from './byte-view.ts';
import { elfError } from './elf-error.ts';
import type { ElfError } from './elf-error.ts';
import type { ElfReader } from './elf-reader.ts';

export type ElfMachine = 'x86-64' | 'aarch64';

/** Where the two tables lie: Elf64_Ehdr, System V ABI chapter 4. */
export interface ElfHeader {
  readonly machine: ElfMachine;
  readonly programHeaders: ElfTable;
  readonly sectionHeaders: ElfTable;
  /** Index of the section that holds the sections' names. */
  readonly nameTableIndex: number;
}

export interface ElfTable {
  readonly offsetBytes: number;
  readonly entryCount: number;
}

export const PROGRAM_HEADER_BYTES = 56;
export const SECTION_HEADER_BYTES = 64;

const HEADER_BYTES = 64;
const MACHINES = new Map<number, ElfMachine>([
  [62, 'x86-64'],
  [183, 'aarch64'],
]);

/** The header of a 64-bit little-endian file. The tables are not checked against the file's size here. */
export function parseElfHeader(reader: ElfReader): Outcome<ElfHeader, ElfError> {
  const bytes = reader.read(0, HEADER_BYTES);
  if (bytes === undefined) return fail(elfError('ELF_NOT_ELF', 'The file is shorter than an ELF header.'));
  const view = viewOf(bytes);
  if (view.getUint32(0, false) !== 0x7f454c46)
    return fail(elfError('ELF_NOT_ELF', 'The ELF magic is missing.'));
  const machine = MACHINES.get(view.getUint16(18, true));
  const isElf64LittleEndian = bytes[4] === 2 && bytes[5] === 1;
  if (!isElf64LittleEndian || machine === undefined) {
    return fail(elfError('ELF_UNSUPPORTED', 'Only 64-bit little-endian x86-64 and aarch64 files are read.'));
  }
  return readTables(view, machine);
}

/** Counts are 16 bits here, so both tables are bounded; the escapes for more (PN_XNUM) are refused later. */
function readTables(view: DataView, machine: ElfMachine): Outcome<ElfHeader, ElfError> {
  const programOffset = readUint53(view, 32);
  const sectionOffset = readUint53(view, 40);
  const programCount = view.getUint16(56, true);
  const sectionCount = view.getUint16(60, true);
  const isProgramShapeKnown = programCount === 0 || view.getUint16(54, true) === PROGRAM_HEADER_BYTES;
  const isSectionShapeKnown = sectionCount === 0 || view.getUint16(58, true) === SECTION_HEADER_BYTES;
  if (
    programOffset === undefined ||
    sectionOffset === undefined ||
    !isProgramShapeKnown ||
    !isSectionShapeKnown
  ) {
    return fail(elfError('ELF_MALFORMED', 'The header describes impossible tables.'));
  }
  return succeed({
    machine,
    programHeaders: { offsetBytes: programOffset, entryCount: programCount },
    sectionHeaders: { offsetBytes: sectionOffset, entryCount: sectionCount },
    nameTableIndex: view.getUint16(62, true),
  });
}
