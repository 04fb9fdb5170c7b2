import { expect, test } from 'vitest';
import { parseParts } from './memory-parts.ts';

const smaps = `00400000-00746000 r--p 00000000 fe:00 17                           /opt/bin/node
Rss:                2048 kB
Anonymous:             0 kB
06b56000-06b7d000 rw-p 06755000 fe:00 17                           /opt/bin/node
Rss:                 160 kB
Anonymous:           128 kB
7f0000000000-7f0000200000 rw-p 00000000 00:00 0
Rss:                1024 kB
Anonymous:          1024 kB
7f0000400000-7f0000500000 r-xp 00000000 fe:00 18                   /usr/lib/libc.so.6
Rss:                 512 kB
Anonymous:             0 kB
7f0000600000-7f0000710000 r--s 00002000 00:0e 19                   anon_inode:bpf-map
Rss:                1088 kB
Anonymous:             0 kB
7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0                    [stack]
Rss:                  64 kB
Anonymous:            64 kB
`;

test('what is resident is told by where it comes from, and adds up', () => {
  const parts = parseParts(smaps);
  expect(parts).toEqual({
    rss: 4896 / 1024,
    code: 2080 / 1024,
    libraries: 0.5,
    rings: 1088 / 1024,
    own: 1216 / 1024,
  });
});
