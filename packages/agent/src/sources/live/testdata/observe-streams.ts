// A live source in namespaces of its own: `unshare … node observe-streams.ts pids|cgroup|both FOLDER`. Prints what it saw
// of a program inside of the target, and of one outside; with `both` that one is named by its pid.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLiveSource } from '../live-source.ts';
import { Recorder, streamsProgram, whenAttached } from '../live-harness.ts';
import type { WaitingChild } from '../live-harness.ts';
import type { LiveTarget } from '../options.ts';

const [mode, folder = ''] = process.argv.slice(2);
const PREFIX = 'tomte-test-';
const inside = streamsProgram('counts');
const outside = streamsProgram('counts');

/** A folder of the cgroup v2 tree; what a killed run has left goes first. */
function newCgroup(): string {
  execFileSync('mount', ['-t', 'cgroup2', 'none', folder]);
  for (const name of readdirSync(folder).filter((each) => each.startsWith(PREFIX))) {
    try {
      rmdirSync(join(folder, name));
    } catch {
      continue; // Another run's, with its processes.
    }
  }
  const path = join(folder, `${PREFIX}${String(process.pid)}`);
  mkdirSync(path);
  return path;
}

function targetOf(child: WaitingChild): LiveTarget {
  if (mode === 'pids') return { kind: 'only', pids: [child.pid] };
  const path = newCgroup();
  writeFileSync(join(path, 'cgroup.procs'), String(child.pid));
  process.once('exit', () => rmdirSync(path));
  return { kind: 'only', cgroups: [path], pids: mode === 'both' ? [outside.pid] : [] };
}

async function runs(child: WaitingChild): Promise<unknown> {
  const line = child.line();
  child.go();
  return JSON.parse(await line);
}

const recorder = new Recorder();
await Promise.all([inside.line(), outside.line()]);
const source = await createLiveSource({
  target: targetOf(inside),
  exclude: { pids: [], cgroups: [] },
  tls: false,
});
const stopping = new AbortController();
const running = source.run(recorder, stopping.signal);
await whenAttached(recorder);
const said = [await runs(outside), await runs(inside)];
await Promise.all([inside.end(), outside.end()]);
stopping.abort();
await running;
source.close();
const { connections } = recorder;
process.stdout.write(
  `${JSON.stringify(
    {
      said: { outside: said[0], inside: said[1] },
      pids: { inside: inside.pid, outside: outside.pid },
      connections: connections.filter(({ kind }) => kind === 'closed'),
      bytes: [...recorder.pieces.values()].flat().reduce((sum, { bytes }) => sum + bytes.length, 0),
    },
    (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
  )}\n`,
);
