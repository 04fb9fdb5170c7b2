import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { defaultRetention } from '@tomte/store';
import { describe, expect, it } from 'vitest';
import { clickhouseAddress, clickhouseEnvironment } from './clickhouse-address.ts';
import { capabilities, cgroups, mounted, perfEventParanoid } from './doctor/checks-of-system.ts';
import { kernel, lockdown, pidNamespace } from './doctor/checks-of-system.ts';
import { parseListenAddress, parsePort } from './listen-address.ts';
import { toLiveTarget } from './roles/live-target.ts';
import { parseRetention } from './retention.ts';
import { requireRunning } from './running-targets.ts';
import { type CaptureTarget, parseTarget, targetArguments } from './target.ts';

describe('what to capture', () => {
  it.each([
    [['pid:7', 'pid:11'], { pids: [7, 11], cgroups: [], exes: [] }],
    [['exe:/usr/sbin/nginx'], { pids: [], cgroups: [], exes: ['/usr/sbin/nginx'] }],
    [['cgroup:/sys/fs/cgroup/a:b'], { pids: [], cgroups: ['/sys/fs/cgroup/a:b'], exes: [] }],
    [['pid:7', 'cgroup:/a', 'exe:/b', 'pid:3'], { pids: [7, 3], cgroups: ['/a'], exes: ['/b'] }],
  ])('%j', (only, live) => {
    const target = parseTarget({ only });
    expect(target && toLiveTarget(target)).toEqual({ kind: 'only', ...live });
    expect(target && targetArguments(target)).toEqual(only.flatMap((rule) => ['--only', rule]));
  });

  it('is everything with --all, and nothing unless it is said', () => {
    expect(parseTarget({ all: true })).toEqual({ kind: 'all' });
    expect(parseTarget({})).toBeUndefined();
  });

  it.each([
    '',
    'pid',
    'pid:',
    'pid:0',
    'pid:-1',
    'pid:1x',
    'pid:4194305',
    'exe:nginx',
    'cgroup:',
    'all',
    'user:root',
  ])('refuses %j', (rule) => {
    expect(() => parseTarget({ only: [rule] })).toThrow(
      expect.objectContaining({ code: 'TOMTE_TARGET_INVALID' }),
    );
  });

  it('refuses a process that does not run', () => {
    const pids = (pid: number): CaptureTarget => ({ kind: 'only', rules: [{ kind: 'pid', pid }] });
    const { pid: ended } = spawnSync(process.execPath, ['--version']);
    expect(() => requireRunning(pids(process.pid))).not.toThrow();
    expect(() => requireRunning(pids(ended))).toThrow(
      expect.objectContaining({ code: 'TOMTE_PID_NOT_RUNNING' }),
    );
  });

  it.each([
    ['exe:/nope', 'executable'],
    ['exe:/usr', 'executable'],
    ['cgroup:/nope', 'cgroup'],
    [`cgroup:${import.meta.filename}`, 'cgroup'],
  ])('refuses %s, which is not there', (rule, word) => {
    const target = parseTarget({ only: [rule] });
    expect(() => target && requireRunning(target)).toThrow(
      expect.objectContaining({ code: 'TOMTE_TARGET_NOT_FOUND', message: expect.stringContaining(word) }),
    );
  });

  it('refuses what excludes one another', () => {
    expect(() => parseTarget({ only: ['pid:1'], all: true })).toThrow(
      expect.objectContaining({ code: 'TOMTE_TARGET_CONFLICT' }),
    );
  });
});

describe('addresses', () => {
  it.each([
    ['127.0.0.1:4681', { host: '127.0.0.1', port: 4681 }],
    ['[::1]:0', { host: '::1', port: 0 }],
    ['collector.tomte:4681', { host: 'collector.tomte', port: 4681 }],
  ])('%s', (text, address) => {
    expect(parseListenAddress(text)).toEqual(address);
  });

  it.each(['', '4681', 'a:b', '::1:80', 'a b:80'])('refuses %j', (text) => {
    expect(() => parseListenAddress(text)).toThrow(
      expect.objectContaining({ code: 'TOMTE_ADDRESS_INVALID' }),
    );
  });

  it.each(['65536', '-1', 'x', ''])('refuses the port %j', (text) => {
    expect(() => parsePort(text)).toThrow(expect.objectContaining({ code: 'TOMTE_PORT_INVALID' }));
  });
});

describe('ClickHouse', () => {
  it('comes back from the environment of a child as it went', () => {
    const address = {
      url: 'http://ch:8123',
      user: 'u',
      password: 'p',
      database: 'd',
      reader: { user: 'r', password: 'q' },
      tenantPassword: 't',
    };
    expect(clickhouseAddress(undefined, clickhouseEnvironment(address))).toEqual(address);
  });

  it.each([undefined, 'ch:8123', 'ftp://ch', 'http://u:p@ch:8123'])('refuses %j', (url) => {
    expect(() => clickhouseAddress(url, {})).toThrow(
      expect.objectContaining({ code: 'TOMTE_CLICKHOUSE_INVALID' }),
    );
  });
});

describe('retention', () => {
  it('is asked for by the same names in the chart', () => {
    const schema = readFileSync(new URL('../../../charts/tomte/values.schema.json', import.meta.url), 'utf8');
    const { enum: names } = JSON.parse(schema).properties.collector.properties.retention.propertyNames;
    for (const name of names) expect(parseRetention([`${name}=7d`])).not.toEqual({});
    const tables = Object.keys(defaultRetention()).filter((table) =>
      Object.keys(parseRetention(['rollups=7d'])).every((rollup) => rollup !== table),
    );
    expect(names).toEqual(['all', 'rollups', ...tables]);
  });

  it('takes rules by table, later ones over earlier ones', () => {
    expect(parseRetention([])).toEqual({});
    expect(parseRetention(['requests=30d', 'requests=31d', 'rollups=97d'])).toEqual({
      requests: 31,
      service_1m_data: 97,
      edge_1m_data: 97,
      endpoint_1m_data: 97,
      process_1m_data: 97,
      rollup_minutes: 97,
    });
    expect(new Set(Object.values(parseRetention(['all=7d', 'loss=11d'])))).toEqual(new Set([7, 11]));
    expect(Object.keys(parseRetention(['all=7d'])).toSorted()).toEqual(
      Object.keys(defaultRetention()).toSorted(),
    );
  });

  it.each(['', 'requests', 'requests=0d', 'requests=20001d', 'requests=7', 'pods=7d', 'service_1m_data=7d'])(
    'refuses %j',
    (rule) => {
      expect(() => parseRetention([rule])).toThrow(
        expect.objectContaining({ code: 'TOMTE_RETENTION_INVALID' }),
      );
    },
  );
});

describe('doctor', () => {
  it.each([
    ['5.15.0-1-amd64', 'ok'],
    ['6.18.44', 'ok'],
    ['5.14.21', 'fail'],
    ['4.19.0', 'fail'],
  ])('kernel %s is %s', (version, state) => {
    expect(kernel(version).state).toBe(state);
  });

  it.each([
    ['[none] integrity confidentiality\n', 'ok'],
    ['none [integrity] confidentiality\n', 'warn'],
    ['none integrity [confidentiality]\n', 'fail'],
    [undefined, 'info'],
  ])('lockdown %j is %s', (text, state) => {
    expect(lockdown(text).state).toBe(state);
  });

  it('needs CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN', () => {
    const states = (status: string) =>
      Object.fromEntries(
        capabilities(status, { hasUprobeMulti: true }).map(({ name, state }) => [name, state]),
      );
    expect(states('CapEff:\t0000000000000000\n')).toMatchObject({
      CAP_BPF: 'fail',
      CAP_PERFMON: 'fail',
      CAP_SYS_PTRACE: 'warn',
    });
    expect(states('CapEff:\t000000c000000000\n')).toMatchObject({ CAP_BPF: 'ok', CAP_PERFMON: 'ok' });
    expect(states('CapEff:\t0000000000200000\n')).toMatchObject({ CAP_BPF: 'warn', CAP_SYS_ADMIN: 'ok' });
  });

  it.each([
    [true, '4', 'info', 'ok'],
    [false, '4', 'warn', 'warn'],
    [false, '2', 'warn', 'ok'],
  ])('names the value of the chart that older kernels need: %s, %s', (isNew, paranoid, admin, perf) => {
    const ways = { hasUprobeMulti: isNew };
    const checks = [
      capabilities('CapEff:\t000000c000080004\n', ways).at(-1),
      perfEventParanoid(`${paranoid}\n`, ways),
    ];
    expect(checks.map((check) => check?.state)).toEqual([admin, perf]);
    for (const check of checks.filter((each) => each?.state === 'warn'))
      expect(check?.remedy).toContain('agent.legacyKernel=true');
  });

  it('tells cgroup versions apart', () => {
    expect(cgroups('c /sys/fs/cgroup cgroup2 rw 0 0\n').value).toBe('v2');
    expect(cgroups('c /a cgroup rw,cpu 0 0\nc /b cgroup2 rw 0 0\n').value).toContain('hybrid');
    expect(cgroups('').state).toBe('warn');
  });

  it('sees a pid namespace and a missing mount', () => {
    expect(pidNamespace('NSpid:\t4711\t7\n').state).toBe('warn');
    expect(pidNamespace('NSpid:\t4711\n').state).toBe('ok');
    expect(mounted('bpf /sys/fs/bpf bpf rw 0 0\n', 'bpf', '/sys/fs/bpf')).toMatchObject({
      state: 'ok',
      value: '/sys/fs/bpf',
    });
    expect(mounted('', 'tracefs', '/sys/kernel/tracing').remedy).toContain('mount -t tracefs');
  });
});
