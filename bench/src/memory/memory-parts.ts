import { readFileSync } from 'node:fs';

/** What is resident of a process, MiB, by where it comes from. */
export interface MemoryParts {
  readonly rss: number;
  /** The runtime's own file: code and constants, which other processes may share. */
  readonly code: number;
  /** Other files that are mapped. */
  readonly libraries: number;
  /** Mapped pages of the kernel's rings. */
  readonly rings: number;
  /** Anonymous: V8's heap, buffers, the C allocator's heap, stacks. */
  readonly own: number;
}

const MAPPING = /^[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ \d+ *(.*)$/;
const SIZE = /^(Rss|Anonymous): +(\d+) kB$/;

export function memoryPartsOf(pid: number): MemoryParts {
  return parseParts(readFileSync(`/proc/${pid}/smaps`, 'utf8'));
}

/** Of /proc/PID/smaps (proc(5)); the first file that is mapped is the program's own. */
export function parseParts(smaps: string): MemoryParts {
  const kibibytes = { code: 0, libraries: 0, rings: 0, own: 0 };
  let file = '';
  let program: string | undefined;
  let residentKiB = 0;
  for (const line of smaps.split('\n')) {
    const mapping = MAPPING.exec(line);
    if (mapping !== null) {
      file = mapping[1] ?? '';
      if (file.startsWith('/')) program ??= file;
      continue;
    }
    const [, kind, size] = SIZE.exec(line) ?? [];
    if (kind === 'Rss') residentKiB = Number(size);
    if (kind !== 'Anonymous') continue;
    kibibytes.own += Number(size);
    kibibytes[partOf(file, program)] += residentKiB - Number(size);
  }
  const [code, libraries, rings, own] = [
    kibibytes.code / 1024,
    kibibytes.libraries / 1024,
    kibibytes.rings / 1024,
    kibibytes.own / 1024,
  ];
  return { rss: code + libraries + rings + own, code, libraries, rings, own };
}

function partOf(file: string, program: string | undefined): 'code' | 'libraries' | 'rings' {
  if (file === program) return 'code';
  return file.includes('bpf-map') ? 'rings' : 'libraries';
}
