import { copyFileSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createLiveSource } from './live-source.ts';
import { Recorder, WaitingChild, whenAttached } from './live-harness.ts';

const program = `
import os, threading
for n in range(211):
    try: os.stat('/nonexistent/%d' % n)
    except OSError: pass
def pids():
    for n in range(101): os.getppid()
threads = [threading.Thread(target=pids) for _ in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
r, w = os.pipe()
for n in range(307): os.write(w, b'x'); os.read(r, 1)
`;

interface Count {
  calls: number;
  errors: number;
}

/** Lines of strace -c: % time, seconds, usecs/call, calls, [errors,] syscall. */
function parseStrace(text: string): Map<string, Count> {
  const counts = new Map<string, Count>();
  for (const line of text.split('\n')) {
    const fields = line.trim().split(/\s+/);
    if (!/^\d+[.,]\d+$/.test(fields[0] ?? '') || fields.at(-1) === 'total') continue;
    const errors = fields.length === 6 ? Number(fields[4]) : 0;
    counts.set(fields.at(-1) ?? '', { calls: Number(fields[3]), errors });
  }
  return counts;
}

it('counts every system call and error of a program as strace does in the same run', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tomte-syscalls-'));
  const python = join(folder, 'python-under-test');
  // A copy of its own, so that only this run's process becomes a target, from its execve on.
  const real = execFileSync('/usr/bin/python3', ['-c', 'import sys; print(sys.executable)'], {
    encoding: 'utf8',
  });
  copyFileSync(realpathSync(real.trim()), python);
  // Forked before the source excludes this process, since children of the excluded are excluded.
  const out = join(folder, 'strace.txt');
  const command = 'echo ready; read line; exec strace -f -c -o "$1" "$2" -S -c "$3"';
  const tracer = new WaitingChild('sh', ['-c', command, 'sh', out, python, program]);
  await tracer.line();
  const recorder = new Recorder();
  const source = await createLiveSource({
    target: { kind: 'only', exes: [python] },
    exclude: { pids: [], cgroups: [] },
    syscallStats: true,
    tls: false,
  });
  const stopping = new AbortController();
  try {
    const running = source.run(recorder, stopping.signal);
    await whenAttached(recorder);
    const gone = once(tracer.process, 'exit');
    tracer.go();
    await gone;
    stopping.abort();
    await running;

    const ours = new Map<string, Count>();
    for (const { syscall, callCount, errorCount } of recorder.syscallStats) {
      const sum = ours.get(syscall) ?? { calls: 0, errors: 0 };
      ours.set(syscall, { calls: sum.calls + Number(callCount), errors: sum.errors + Number(errorCount) });
    }
    const theirs = parseStrace(readFileSync(out, 'utf8'));
    expect(theirs.get('getppid')?.calls).toBe(303);
    const sorted = (counts: Map<string, Count>): [string, Count][] =>
      [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
    expect(sorted(ours)).toEqual(sorted(theirs));
  } finally {
    stopping.abort();
    tracer.kill();
    source.close();
    rmSync(folder, { recursive: true });
  }
});
