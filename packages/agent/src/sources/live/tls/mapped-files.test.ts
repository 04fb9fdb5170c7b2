import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseMaps, pathsOf } from './mapped-files.ts';

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

it('takes the libcrypto of the same folder, and none when there are two', () => {
  const file = (path: string, range: string) => ({ device: 1, inode: 1, path, range });
  const wheel = file('/wheel.libs/libssl-3a880ada.so.1.1', '1-2');
  const files = [
    wheel,
    file('/usr/lib/libcrypto.so.3', '3-4'),
    file('/wheel.libs/libcrypto-2ade47cd.so.1.1', '5-6'),
  ];
  expect(pathsOf(7, wheel, files)).toEqual({
    path: '/proc/7/map_files/1-2',
    libcrypto: '/proc/7/map_files/5-6',
  });
  const two = [...files, file('/wheel.libs/libcrypto-2.so.3', '7-8')];
  expect(pathsOf(7, wheel, two)).toEqual({ path: '/proc/7/map_files/1-2', libcrypto: undefined });
});

it('goes by the name in the own root where map_files is closed, if the name leads to the mapped inode', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mapped-'));
  const path = join(folder, 'libssl.so.3');
  writeFileSync(path, 'x');
  const { ino } = statSync(path);
  const file = { device: 1, inode: ino, path, range: '1-2' };
  const own = process.pid;
  try {
    expect(pathsOf(own, file, []).path).toBe(`/proc/${own}/root${path}`);
    expect(pathsOf(own, { ...file, inode: ino + 1 }, []).path).toBe(`/proc/${own}/map_files/1-2`);
    rmSync(path);
    execFileSync('mkfifo', [path]);
    expect(pathsOf(own, { ...file, inode: statSync(path).ino }, []).path).toBe(`/proc/${own}/map_files/1-2`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
