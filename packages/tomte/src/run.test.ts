import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const main = join(import.meta.dirname, 'main.ts');

test('a part that fails at its start ends, although its supervisor holds a channel to it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tomte-run-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'no-capture');
  writeFileSync(file, 'neither a recording nor a pcap');
  const child = fork(main, ['replay', file, '--collector', '127.0.0.1:1', '--data', folder], {
    silent: true,
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [code, signal] = await once(child, 'exit');
  expect([code, signal]).toEqual([2, null]);
});
