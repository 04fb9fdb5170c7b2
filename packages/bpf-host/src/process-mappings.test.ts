import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { unmapUnusedCode } from './free-memory.ts';
import { mappingsOf, parseMappings } from './process-mappings.ts';

const smaps = `00400000-00746000 r--p 00000000 fe:00 17                           /opt/bin/node
Rss:                2048 kB
Anonymous:             0 kB
0074a000-03044000 r-xp 0034a000 fe:00 17                           /opt/bin/node
Anonymous:             4 kB
06b52000-06b56000 r--p 06751000 fe:00 17                           /opt/bin/node
Anonymous:             8 kB
06b56000-06b7d000 rw-p 06755000 fe:00 17                           /opt/bin/node
Anonymous:           140 kB
7f0000000000-7f0000001000 rw-p 00000000 00:00 0
Anonymous:             4 kB
7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0                          [stack]
Anonymous:            60 kB
`;

test('mappings of one file, and which of them differ from it', () => {
  expect(
    parseMappings(smaps, '/opt/bin/node').map(({ start, end, isWritable, isCode, isChanged }) => [
      Number(end - start),
      start,
      { isWritable, isCode, isChanged },
    ]),
  ).toEqual([
    [0x346000, 0x400000n, { isWritable: false, isCode: false, isChanged: false }],
    [0x28fa000, 0x74a000n, { isWritable: false, isCode: true, isChanged: true }],
    [0x4000, 0x6b52000n, { isWritable: false, isCode: false, isChanged: true }],
    [0x27000, 0x6b56000n, { isWritable: true, isCode: false, isChanged: true }],
  ]);
});

test('unmapped code is mapped again where it is used, and constants that were relocated stay', () => {
  const residentFiles = (): number =>
    Number(/^RssFile:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
  const before = { files: residentFiles(), mappings: mappingsOf(process.execPath).length };
  unmapUnusedCode();
  expect(residentFiles()).toBeLessThan(before.files);
  expect(JSON.parse(JSON.stringify({ text: 'ä'.normalize('NFD') }))).toEqual({ text: 'a\u0308' });
  expect(mappingsOf(process.execPath)).toHaveLength(before.mappings);
});
