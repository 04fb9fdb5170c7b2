import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { chooseProbeSites } from '@tomte/elf';
import type { ProbeSiteOptions, ProbeSites } from '@tomte/elf';
import { summariseFunction } from '../testdata/plan-summary.ts';

const ADDRESS = 0x1000;
const OPTIONS: ProbeSiteOptions = {
  machine: 'x86-64',
  argumentCount: 2,
  needsExit: true,
  toFileOffset: (address) => address - ADDRESS,
};

/** name, code in hex, expected entry offset and kind, expected exits, coverage */
const CASES: readonly (readonly [string, string, string, readonly string[], string])[] = [
  [
    'endbr64 is stepped, the push behind it is not',
    'f30f1efa 55 5d 31c0 c3',
    '4 emulated',
    ['8 stepped'],
    'every-return',
  ],
  ['a multi-byte nop is stepped', '0f1f4000 31c0 c3', '0 stepped', ['6 stepped'], 'every-return'],
  ['pause and xchg %ax,%ax are no nop', 'f390 6690 90 31c0 c3', '4 emulated', ['7 stepped'], 'every-return'],
  [
    'an argument is overwritten first: the first byte',
    '31ff 53 5b 31c0 c3',
    '0 stepped',
    ['6 stepped'],
    'every-return',
  ],
  [
    'a part of an argument is overwritten first',
    '40b601 53 5b 31c0 c3',
    '0 stepped',
    ['7 stepped'],
    'every-return',
  ],
  ['a third argument is not asked for', '31d2 53 5b 31c0 c3', '2 emulated', ['6 stepped'], 'every-return'],
  ['the branch is in a loop: the byte before it', '4883c001 75fa c3', 'none', ['6 stepped'], 'every-return'],
  [
    'two arms with the result, one jump each',
    '85ff 7407 b801000000 eb05 b802000000 c3',
    '2 emulated',
    ['16 stepped'],
    'every-return',
  ],
  [
    'an emulated instruction after the result',
    '53 e800000000 85c0 7501 90 5b c3',
    '0 emulated',
    ['8 emulated'],
    'every-return',
  ],
  ['a tail call through a pointer', '53 5b ffe0', '0 emulated', [], 'none'],
  [
    'a jump table falls back',
    '53 ff24fd00000000 31c0 c3 c3',
    '0 emulated',
    ['10 stepped', '11 stepped'],
    'unproven',
  ],
  ['a function that never returns', '53 0f0b', '0 emulated', [], 'none'],
];

describe('x86-64 code', () => {
  it.each(CASES)('%s', (...[, hex, entry, exits, coverage]) => {
    const sites = chooseProbeSites(toBytes(hex), ADDRESS, OPTIONS);
    expect(toText(sites.entry)[0] ?? 'none').toBe(entry);
    expect(toText(sites.exit)).toEqual(exits);
    expect(sites.exitCoverage).toBe(coverage);
  });

  it('follows a direct tail call and says that the place is in other code', () => {
    const callee = toBytes('31c0 90 c3');
    const readCode = (address: number) => (address === 0x2000 ? callee : undefined);
    const toFileOffset = (address: number) => address;
    const sites = chooseProbeSites(toBytes('e9fb0f0000'), ADDRESS, { ...OPTIONS, readCode, toFileOffset });
    expect(sites.exit).toMatchObject([{ virtualAddress: 0x2002, via: 'inner', kind: 'emulated' }]);
    expect(sites.exitCoverage).toBe('every-return');
  });

  it('offers the exit of the called function only when allowed and only if every return of it is emulated', () => {
    const wrapper = toBytes('50 e8fa0f0000 31d2 85c0 0f48c2 59 c3');
    const inner = (hex: string) => (address: number) => toBytes(hex).subarray(address - 0x2000);
    const options = { ...OPTIONS, toFileOffset: (address: number) => address };
    const emulated = { ...options, readCode: inner('53 31c0 90 5b c3') };
    expect(chooseProbeSites(wrapper, ADDRESS, emulated).exit).toMatchObject([
      { via: 'self', kind: 'stepped' },
    ]);
    expect(chooseProbeSites(wrapper, ADDRESS, { ...emulated, allowsInnerExits: true }).exit).toMatchObject([
      { via: 'inner', kind: 'emulated', virtualAddress: 0x2003 },
    ]);
    const tailCalling = { ...options, readCode: inner('53 5b ffe0'), allowsInnerExits: true };
    expect(chooseProbeSites(wrapper, ADDRESS, tailCalling).exit).toMatchObject([
      { via: 'self', kind: 'stepped' },
    ]);
  });

  it('offers a moved argument and a result in the frame only when allowed', () => {
    const moved = toBytes('4889f7 31f6 53 5b c3');
    expect(chooseProbeSites(moved, ADDRESS, OPTIONS).entry).toMatchObject([
      { symbolOffset: 0, kind: 'stepped' },
    ]);
    const slot = toBytes('53 e800000000 85c0 7e03 8b0424 5b c3');
    expect(chooseProbeSites(slot, ADDRESS, OPTIONS).exit).toMatchObject([
      { kind: 'stepped', resultIn: 'rax' },
    ]);
    expect(chooseProbeSites(slot, ADDRESS, { ...OPTIONS, allowsSlots: true }).exit).toMatchObject([
      { kind: 'emulated', symbolOffset: 8, resultIn: { base: 'rsp', displacementBytes: 0 } },
    ]);
  });
});

describe('aarch64 code', () => {
  it('is probed at the first instruction and at each ret, which the kernel simulates', () => {
    const code = toBytes('fd7bbfa9 00008052 fd7bc1a8 c0035fd6');
    const sites = chooseProbeSites(code, ADDRESS, { ...OPTIONS, machine: 'aarch64' });
    expect(toText(sites.entry)).toEqual(['0 stepped']);
    expect(toText(sites.exit)).toEqual(['12 emulated']);
    expect(sites).toMatchObject({ mode: 'mixed', exitCoverage: 'every-return' });
  });

  it('reports a tail call', () => {
    const sites = chooseProbeSites(toBytes('40000034 c0035fd6 00000114'), ADDRESS, {
      ...OPTIONS,
      machine: 'aarch64',
    });
    expect(sites.exitCoverage).toBe('some-returns');
    expect(toText(sites.entry)).toEqual(['0 emulated']);
  });
});

type Golden = Record<string, { functions: Record<string, object> }>;
type Code = Record<string, Record<string, { address: number; hex: string }>>;

describe('the code of real builds', () => {
  const goldens = readJson('openssl-plans.golden.json') as Golden; // Our own files, written by the integration test.
  const code = readJson('function-code.golden.json') as Code;
  const cases = Object.entries(code).flatMap(([build, functions]) =>
    ['SSL_read', 'SSL_write', 'SSL_read_ex'].flatMap((name) => {
      const each = functions[name];
      return each === undefined ? [] : [[build, name, each] as const];
    }),
  );

  it.each(cases)('%s %s gives the places of the golden file', (build, name, { address, hex }) => {
    const argumentCount = name.endsWith('_ex') ? 4 : 3;
    const options = { ...OPTIONS, argumentCount, allowsSlots: true, allowsMovedArguments: true };
    // Places in other functions need the file.
    if (JSON.stringify(goldens[build]?.functions[name]).includes('inner')) return;
    const sites = chooseProbeSites(toBytes(hex), address, options);
    expect(summariseFunction(sites)).toEqual(goldens[build]?.functions[name]);
  });
});

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../testdata/${name}`, import.meta.url), 'utf8'));
}

function toBytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.replaceAll(' ', '').match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

function toText(sites: ProbeSites['entry'] | ProbeSites['exit']): string[] {
  return sites.map(({ symbolOffset, kind }) => `${symbolOffset} ${kind}`);
}
