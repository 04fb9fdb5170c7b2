import { readUint53, viewOf } from './byte-view.ts';
import { PROGRAM_HEADER_BYTES } from './elf-header.ts';
import type { ElfTable } from './elf-header.ts';
import type { ElfReader } from './elf-reader.ts';

/** Elf64_Phdr, as far as an observer needs it. */
export interface ElfSegment {
  readonly type: number;
  readonly isExecutable: boolean;
  readonly fileOffset: number;
  readonly virtualAddress: number;
  readonly fileSizeBytes: number;
  readonly memorySizeBytes: number;
}

const PT_LOAD = 1;
export const PT_NOTE = 4;
const PF_X = 1;

/** All program headers; undefined when the table does not lie in the file. Entries with 64-bit nonsense are left out. */
export function readSegments(reader: ElfReader, table: ElfTable): readonly ElfSegment[] | undefined {
  const bytes = reader.read(table.offsetBytes, table.entryCount * PROGRAM_HEADER_BYTES);
  if (bytes === undefined) return undefined;
  const view = viewOf(bytes);
  const segments: ElfSegment[] = [];
  for (let index = 0; index < table.entryCount; index += 1) {
    const segment = readSegment(view, index * PROGRAM_HEADER_BYTES);
    if (segment !== undefined) segments.push(segment);
  }
  return segments;
}

function readSegment(view: DataView, at: number): ElfSegment | undefined {
  const fileOffset = readUint53(view, at + 8);
  const virtualAddress = readUint53(view, at + 16);
  const fileSizeBytes = readUint53(view, at + 32);
  const memorySizeBytes = readUint53(view, at + 40);
  if (fileOffset === undefined || virtualAddress === undefined) return undefined;
  if (fileSizeBytes === undefined || memorySizeBytes === undefined) return undefined;
  const isExecutable = (view.getUint32(at + 4, true) & PF_X) !== 0;
  return {
    type: view.getUint32(at, true),
    isExecutable,
    fileOffset,
    virtualAddress,
    fileSizeBytes,
    memorySizeBytes,
  };
}

/** The loaded segment whose file bytes hold the address. The kernel maps the first that matches. */
export function findLoadSegment(
  segments: readonly ElfSegment[],
  virtualAddress: number,
): ElfSegment | undefined {
  return segments.find(
    (segment) =>
      segment.type === PT_LOAD &&
      virtualAddress >= segment.virtualAddress &&
      virtualAddress - segment.virtualAddress < segment.fileSizeBytes,
  );
}
