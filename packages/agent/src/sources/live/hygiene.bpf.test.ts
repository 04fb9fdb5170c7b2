import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { streamsProgram, WaitingChild } from './live-harness.ts';

interface Listed {
  readonly id: number;
}

/** BPF objects of one kind that a process holds: the kernel tells the id of each descriptor. */
function heldBy(kind: 'prog' | 'map' | 'link', pid: number): number[] {
  const folder = `/proc/${String(pid)}/fdinfo`;
  return readdirSync(folder).flatMap((name) => {
    const found = new RegExp(`^${kind}_id:\\s*(\\d+)`, 'm').exec(readFileSync(join(folder, name), 'utf8'));
    return found === null ? [] : [Number(found[1])];
  });
}

function idsOf(kind: 'prog' | 'map' | 'link'): number[] {
  const text = execFileSync('bpftool', ['-j', kind, 'show'], { encoding: 'utf8', maxBuffer: 16 << 20 });
  return (JSON.parse(text) as Listed[]).map(({ id }) => id);
}

const kinds = ['prog', 'map', 'link'] as const;

/** Freeing goes through RCU, some moments after the last descriptor is gone. */
async function until(isTrue: () => boolean): Promise<boolean> {
  for (let round = 0; round < 100; round += 1) {
    if (isTrue()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return isTrue();
}

it.each(['SIGTERM', 'SIGKILL'] as const)(
  'leaves nothing in the kernel after %s, and the target runs on',
  async (signal) => {
    const target = streamsProgram('peek');
    const script = fileURLToPath(new URL('testdata/run-live.ts', import.meta.url));
    await target.line();
    const agent = new WaitingChild(process.execPath, [script, String(target.pid)]);
    try {
      expect(await agent.line()).toBe('attached');
      const held = new Map(kinds.map((kind) => [kind, heldBy(kind, agent.pid)]));
      expect(held.get('prog')?.length).toBeGreaterThan(15);
      expect(held.get('map')?.length).toBeGreaterThan(5);

      const gone = once(agent.process, 'exit');
      agent.process.kill(signal);
      await gone;
      const isClean = await until(() =>
        kinds.every((kind) => {
          const ids = new Set(idsOf(kind));
          return !(held.get(kind) ?? []).some((id) => ids.has(id));
        }),
      );
      expect(isClean).toBe(true);

      const line = target.line();
      target.go();
      expect(JSON.parse(await line)).toHaveProperty('ends');
    } finally {
      agent.kill();
      await target.end();
    }
  },
);
