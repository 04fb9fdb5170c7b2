import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findSymbols, parseElf, planOpenSslProbes, readVirtual } from '@tomte/elf';
import type { OpenSslFunctionPlan, OpenSslPlan } from '@tomte/elf';
import { fetchLibssl } from '../testdata/fetch-libssl.ts';
import { dumpRange } from '../testdata/objdump-oracle.ts';
import { summarisePlan } from '../testdata/plan-summary.ts';
import { findObjections } from '../testdata/site-checker.ts';
import { OPENSSL_FUNCTIONS } from './openssl-function.ts';

const MINIMUM_BUILDS = 12;
const ALLOW_ALL = { allowsSlots: true, allowsMovedArguments: true, allowsInnerExits: true };
const builds = fetchLibssl();
const summaries: Record<string, object> = {};
const code: Record<string, Record<string, { address: number; hex: string }>> = {};

describe.each([...builds])('%s', (name, path) => {
  const plan = planOf(path);
  summaries[name] = summarisePlan(plan);
  code[name] = codeOf(path);

  it('has every chosen place confirmed by objdump', { timeout: 120_000 }, () => {
    const objections = plan.functions.flatMap((each) =>
      findObjections(each, dumpOf(path, each), argumentCountOf(each)).map((text) => `${each.name}: ${text}`),
    );
    expect(objections).toEqual([]);
  });

  it('has the functions of its library, and results in rax and arguments in place unless more is allowed', () => {
    expect(plan.functions.map((each) => each.name)).toEqual(
      expect.arrayContaining(['SSL_read', 'SSL_write', 'SSL_free']),
    );
    const plain = planOpenSslProbes(readFileSync(path));
    const results = plain.ok
      ? plain.value.functions.flatMap(({ exit }) => exit.map(({ resultIn }) => resultIn))
      : [];
    expect(new Set(results)).toEqual(new Set(['rax']));
    const entries = plain.ok ? plain.value.functions.flatMap(({ entry }) => entry) : [];
    for (const { argumentsIn } of entries) expect('rdi rsi rdx rcx').toContain(argumentsIn.join(' '));
  });
});

describe('the corpus', () => {
  it(`has at least ${MINIMUM_BUILDS} different builds`, () => {
    expect(new Set([...builds.values()].map((path) => planOf(path).buildId)).size).toBeGreaterThanOrEqual(
      MINIMUM_BUILDS,
    );
  });

  it('gives the plans of the golden file', async () => {
    await expect(toText(summaries)).toMatchFileSnapshot('../testdata/openssl-plans.golden.json');
  });

  it('is the source of the code that the unit tests use', async () => {
    await expect(toText(code)).toMatchFileSnapshot('../testdata/function-code.golden.json');
  });
});

function planOf(path: string): OpenSslPlan {
  const plan = planOpenSslProbes(readFileSync(path), ALLOW_ALL);
  if (!plan.ok) throw new Error(plan.error.message);
  return plan.value;
}

function dumpOf(path: string, { virtualAddress, sizeBytes }: OpenSslFunctionPlan) {
  return dumpRange(path, virtualAddress, virtualAddress + sizeBytes);
}

function argumentCountOf(plan: OpenSslFunctionPlan): number {
  return OPENSSL_FUNCTIONS.find(({ name }) => name === plan.name)?.argumentCount ?? 0;
}

/** The bytes of the small functions, so that the choice can be tested without the files. */
function codeOf(path: string): Record<string, { address: number; hex: string }> {
  const elf = parseElf(readFileSync(path));
  if (!elf.ok) throw new Error(elf.error.message);
  const symbols = findSymbols(elf.value, [
    'SSL_read',
    'SSL_write',
    'SSL_read_ex',
    'SSL_write_ex',
    'SSL_do_handshake',
  ]);
  const entries = [...symbols].map(([name, { virtualAddress, sizeBytes }]) => {
    const bytes = readVirtual(elf.value, virtualAddress, sizeBytes) ?? new Uint8Array();
    return [name, { address: virtualAddress, hex: Buffer.from(bytes).toString('hex') }] as const;
  });
  return Object.fromEntries(entries.sort(([a], [b]) => a.localeCompare(b)));
}

function toText(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
