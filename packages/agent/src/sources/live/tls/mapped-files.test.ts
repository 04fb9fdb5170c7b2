import { expect, it } from 'vitest';
import { parseMaps } from './mapped-files.ts';

const maps = `
00400000-00401000 r--p 00000000 fe:00 17                                 /usr/bin/thing
00401000-00402000 r-xp 00001000 fe:00 17                                 /usr/bin/thing
7f0000000000-7f0000001000 r-xp 00000000 fe:00 1234567                    /tmp/libssl.so.3 /etc/shadow
7f0000002000-7f0000003000 r-xp 00000000 00:00 0                          [vdso]
7f0000004000-7f0000005000 rwxp 00000000 00:00 0 
7f0000006000-7f0000007000 r-xp 00000000 103:02 99                        /usr/lib/libssl.so.3 (deleted)
`;

it('takes files that code runs from, and the whole rest of the line as the name', () => {
  expect(parseMaps(maps)).toEqual([
    { device: 0xfe00000, inode: 17, path: '/usr/bin/thing', range: '401000-402000' },
    {
      device: 0xfe00000,
      inode: 1234567,
      path: '/tmp/libssl.so.3 /etc/shadow',
      range: '7f0000000000-7f0000001000',
    },
    {
      device: 0x103 * 2 ** 20 + 2,
      inode: 99,
      path: '/usr/lib/libssl.so.3 (deleted)',
      range: '7f0000006000-7f0000007000',
    },
  ]);
});
