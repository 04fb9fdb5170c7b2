import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toolsFolder } from './machine.mjs';
import { say } from './progress.mjs';

const POLL_MS = 200;
const lockFile = join(toolsFolder, 'setup.lock');

/** Only one set-up at a time changes a checkout: a second one waits for the first, or takes over from a dead one. */
export async function withLock(work) {
  mkdirSync(toolsFolder, { recursive: true });
  let hasSaidSo = false;
  while (!tryLock()) {
    if (!hasSaidSo) say('Another set-up of this checkout is at work; waiting for it.');
    hasSaidSo = true;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  try {
    return await work();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

function tryLock() {
  try {
    writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    if (!isHolderAlive()) rmSync(lockFile, { force: true });
    return false;
  }
}

function isHolderAlive() {
  try {
    process.kill(Number.parseInt(readFileSync(lockFile, 'utf8'), 10), 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
