import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { noRedaction } from '../redaction/redactor.ts';
import { ProcReader } from './proc-reader.ts';
import { ProcessTable } from './process-table.ts';
import { toServiceName } from './service-name.ts';

test.each([
  ['/usr/sbin/nginx', 'nginx: worker process', 'nginx'],
  ['/usr/bin/python3.11', 'python3 -m http.server 8000', 'http.server'],
  ['/usr/bin/python3', 'python3 -u /srv/shop.py --port 1', 'shop'],
  ['/usr/bin/node', 'node --require ./trace.js dist/cart.mjs', 'cart'],
  ['/usr/bin/java', 'java -Xmx1g -jar /app/shop.jar --a', 'shop'],
  ['/usr/bin/java', 'java -cp a.jar:b.jar com.acme.Main', 'com.acme.Main'],
  ['/usr/bin/python3', 'python3 -c print(1)', 'python3'],
  ['', '', ''],
])('service name of %s (%s) is %s', (executable, commandLine, expected) => {
  expect(toServiceName(executable, commandLine)).toBe(expected);
});

test('a real process: parent, start, program and arguments', async () => {
  const before = BigInt(Date.now()) * 1_000_000n;
  const child = spawn('/bin/sleep', ['997'], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  await new Promise((resolve) => child.once('spawn', resolve));
  const facts = new ProcReader().read(child.pid ?? 0);
  expect(facts?.commandLine).toBe('/bin/sleep 997');
  expect(facts?.executable).toMatch(/\/(?:sleep|coreutils)$/);
  expect(facts?.parentPid).toBe(process.pid);
  const apartMs = Number((facts?.startWallNs ?? 0n) - before) / 1e6;
  expect(Math.abs(apartMs)).toBeLessThan(2_000); // btime counts whole seconds.
});

test('a name with brackets and a huge command line do not confuse', () => {
  const root = mkdtempSync(join(tmpdir(), 'tomte-proc-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, '7'));
  writeFileSync(join(root, 'stat'), 'cpu 1\nbtime 1000\n');
  writeFileSync(join(root, '7/stat'), `7 (a) S) (b) S 3 ${'0 '.repeat(17)}250 0\n`);
  writeFileSync(join(root, '7/cmdline'), `x\0${'y'.repeat(1_000_000)}`);
  symlinkSync('/opt/x (deleted)', join(root, '7/exe'));
  const facts = new ProcReader(root).read(7);
  expect(facts?.parentPid).toBe(3);
  expect(facts?.startWallNs).toBe(1_002_500_000_000n);
  expect(facts?.executable).toBe('/opt/x');
  expect(facts?.commandLine.length).toBe(8_192);
  expect(new ProcReader(root).read(8)).toBeUndefined();
});

test('the table stays bounded and drops ended processes first', () => {
  const table = new ProcessTable(noRedaction);
  const facts = {
    atNs: 0,
    parentPid: 1,
    startWallNs: 5n,
    executable: '/bin/a',
    commandLine: 'a',
    containerId: '',
  };
  const event = (kind: 'exec' | 'exit', pid: number) => ({
    kind,
    pid,
    ...facts,
    exitCode: undefined,
    exitSignal: undefined,
  });
  for (let pid = 1; pid <= 16_384; pid += 1) table.apply(event('exec', pid));
  table.apply(event('exit', 9));
  table.apply(event('exec', 20_000));
  expect([table.size, table.get(9), table.get(1)?.name]).toEqual([16_384, undefined, 'a']);
});
