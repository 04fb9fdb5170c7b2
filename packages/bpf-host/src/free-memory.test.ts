import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { returnFreeMemory } from './free-memory.ts';

const MIB = 1024 * 1024;
/** Below the size from which glibc maps each allocation for itself. */
const PIECE_BYTES = 96 * 1024;

function anonymousBytes(): number {
  return Number(/^RssAnon:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
}

/** Bytes that went back by the call, of what had been freed between pieces that are still in use. */
function returnedBytes(collect: () => void): number {
  const kept: Buffer[] = [];
  let freed: Buffer[] = [];
  for (let index = 0; index < 701; index += 1) {
    freed.push(Buffer.allocUnsafeSlow(PIECE_BYTES).fill(1));
    kept.push(Buffer.allocUnsafeSlow(128).fill(1));
  }
  freed = [];
  collect();
  collect();
  const before = anonymousBytes();
  expect(returnFreeMemory()).toBe(true);
  expect(freed.length + kept.length).toBe(701);
  return before - anonymousBytes();
}

test('what was freed between pieces still in use goes back to the system', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void; // Proof: the flag above defines it.
  // Some of it goes by itself, from the end of the heap, and now and then nearly all.
  const rounds = Array.from({ length: 5 }, () => returnedBytes(collect));
  expect(Math.max(...rounds)).toBeGreaterThan(8 * MIB);
});
