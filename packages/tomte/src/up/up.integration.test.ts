import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const command = fileURLToPath(new URL('../../bin/tomte.mjs', import.meta.url));

it('goes on when nobody reads its words any more, and ends in good order', async () => {
  const data = mkdtempSync(join(tmpdir(), 'tomte-up-'));
  const up = spawn(process.execPath, [command, 'up', '--no-agent', '--json', '--port', '0', '--data', data], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    up.kill('SIGKILL');
    rmSync(data, { recursive: true, force: true });
  });
  let said = '';
  const isRunning = (text: string): boolean => (said += text).includes('"kind":"running"');
  await new Promise<void>((resolve) => {
    up.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (isRunning(text)) resolve();
    });
  });
  up.stdout.destroy();
  up.stderr.destroy();
  up.kill('SIGTERM');
  expect(await once(up, 'exit')).toEqual([0, null]);
});
