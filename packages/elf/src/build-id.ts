import { viewOf } from './byte-view.ts';
import type { ElfReader } from './elf-reader.ts';
import { PT_NOTE } from './elf-segment.ts';
import type { ElfSegment } from './elf-segment.ts';
import { SHT_NOTE } from './elf-section.ts';
import type { ElfSection } from './elf-section.ts';

const NT_GNU_BUILD_ID = 3;
const MAX_NOTE_AREA_BYTES = 64 * 1024;
/** SHA-1 has 20; nothing known has more than 64. */
const MAX_BUILD_ID_BYTES = 64;

/**
 * The linker's identity of a build in lower-case hex, or undefined. Taken from PT_NOTE, which strip keeps, else from
 * SHT_NOTE sections. Elf64_Nhdr: name size, description size, type; both padded to 4 bytes.
 */
export function readBuildId(
  reader: ElfReader,
  segments: readonly ElfSegment[],
  sections: readonly ElfSection[],
): string | undefined {
  const areas = [
    ...segments
      .filter(({ type }) => type === PT_NOTE)
      .map(({ fileOffset, fileSizeBytes }) => [fileOffset, fileSizeBytes]),
    ...sections
      .filter(({ type }) => type === SHT_NOTE)
      .map(({ fileOffset, sizeBytes }) => [fileOffset, sizeBytes]),
  ];
  for (const [offsetBytes = 0, lengthBytes = 0] of areas) {
    const notes = lengthBytes > MAX_NOTE_AREA_BYTES ? undefined : reader.read(offsetBytes, lengthBytes);
    const buildId = notes === undefined ? undefined : findBuildId(notes);
    if (buildId !== undefined) return buildId;
  }
  return undefined;
}

function findBuildId(notes: Uint8Array): string | undefined {
  const view = viewOf(notes);
  let at = 0;
  while (at + 12 <= notes.length) {
    const nameBytes = view.getUint32(at, true);
    const valueBytes = view.getUint32(at + 4, true);
    const valueAt = at + 12 + padTo4(nameBytes);
    if (valueAt + valueBytes > notes.length) return undefined;
    const isBuildId = view.getUint32(at + 8, true) === NT_GNU_BUILD_ID && isGnu(notes, at + 12, nameBytes);
    if (isBuildId && valueBytes <= MAX_BUILD_ID_BYTES)
      return toHex(notes.subarray(valueAt, valueAt + valueBytes));
    at = valueAt + padTo4(valueBytes);
  }
  return undefined;
}

function isGnu(notes: Uint8Array, at: number, nameBytes: number): boolean {
  return (
    nameBytes === 4 &&
    notes[at] === 0x47 &&
    notes[at + 1] === 0x4e &&
    notes[at + 2] === 0x55 &&
    notes[at + 3] === 0
  );
}

function padTo4(sizeBytes: number): number {
  return sizeBytes + ((4 - (sizeBytes % 4)) % 4);
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
