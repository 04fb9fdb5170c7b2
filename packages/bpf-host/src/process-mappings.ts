import { readFileSync } from 'node:fs';

/** Addresses of this process behind which a file lies. */
export interface Mapping {
  readonly start: bigint;
  readonly end: bigint;
  readonly isWritable: boolean;
  readonly isCode: boolean;
  /** Some of its pages are no longer those of the file. */
  readonly isChanged: boolean;
}

/** The mappings of one file in this process, by /proc/self/smaps (proc(5)). */
export function mappingsOf(path: string): readonly Mapping[] {
  return parseMappings(readFileSync('/proc/self/smaps', 'utf8'), path);
}

const HEAD = /^([0-9a-f]+)-([0-9a-f]+) ([r-])([w-])([x-])[ps] \S+ \S+ \d+ +(.*)$/;
const ANONYMOUS = /^Anonymous: +(\d+) kB$/;

export function parseMappings(smaps: string, path: string): readonly Mapping[] {
  const found: { -readonly [Key in keyof Mapping]: Mapping[Key] }[] = [];
  let current: (typeof found)[number] | undefined;
  for (const line of smaps.split('\n')) {
    const head = HEAD.exec(line);
    if (head !== null) {
      const [, start, end, , writable, code, file] = head;
      current = undefined;
      if (file !== path) continue;
      current = {
        start: BigInt(`0x${start}`),
        end: BigInt(`0x${end}`),
        isWritable: writable === 'w',
        isCode: code === 'x',
        isChanged: false,
      };
      found.push(current);
    } else if (current !== undefined) {
      const kibibytes = ANONYMOUS.exec(line)?.[1];
      if (kibibytes !== undefined) current.isChanged = kibibytes !== '0';
    }
  }
  return found;
}
