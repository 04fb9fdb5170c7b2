import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createReadyFile } from './ready-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'ready-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('is there from make to remove', async () => {
  const path = join(folder, 'ready');
  const file = createReadyFile(path);
  await file.remove();
  await file.make();
  expect(existsSync(path)).toBe(true);
  await file.remove();
  expect(existsSync(path)).toBe(false);
});

it('does nothing without a path', async () => {
  const file = createReadyFile(undefined);
  await expect(file.make()).resolves.toBeUndefined();
  await expect(file.remove()).resolves.toBeUndefined();
});

it('says what cannot be written', async () => {
  await expect(createReadyFile(join(folder, 'none/ready')).make()).rejects.toMatchObject({
    code: 'TOMTE_READY_FILE_UNWRITABLE',
  });
});
