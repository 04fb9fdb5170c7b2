import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const main = join(import.meta.dirname, 'main.ts');

test.each([
  [['fly'], 'TOMTE_USAGE: unknown command'],
  [['up', '--onyl', 'pid:1'], 'TOMTE_USAGE: unknown option'],
  [['replay'], 'TOMTE_USAGE: missing required argument'],
  [['up', '--no-agent', '--all'], 'TOMTE_OPTION_UNUSED: --all'],
  [['up', '--only', 'exe:/nope'], 'TOMTE_TARGET_NOT_FOUND: '],
  [['up', '--only', 'pid:1', '--data-ring', '7'], 'TOMTE_RING_INVALID: '],
])('%j is refused in one line, with a code', (args, start) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });
  expect(stderr.startsWith(start), stderr).toBe(true);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect([status, stdout]).toEqual([2, '']);
});

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
