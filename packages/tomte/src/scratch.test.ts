import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { makeScratch } from './scratch.ts';

/** What a process of that purpose leaves when it is killed: it makes its folder, names it, and dies. */
const killed = `
  const { makeScratch } = await import(${JSON.stringify(new URL('./scratch.ts', import.meta.url).href)});
  process.stdout.write(await makeScratch(process.argv[1]), () => process.kill(process.pid, 'SIGKILL'));
`;

test('the next start removes what a killed process left, and nothing of one that runs', async () => {
  const purpose = `test${process.pid}`;
  const left = spawnSync(process.execPath, ['--input-type=module', '-e', killed, purpose]).stdout.toString();
  expect(existsSync(left)).toBe(true);
  const own = await makeScratch(purpose);
  onTestFinished(() => rmSync(own, { recursive: true, force: true }));
  expect(existsSync(left)).toBe(false);
  const other = await makeScratch(purpose);
  onTestFinished(() => rmSync(other, { recursive: true, force: true }));
  expect(existsSync(own)).toBe(true);
});
