import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSymbols, listSymbols, parseElf, planOpenSslProbes } from '@tomte/elf';
import type { OpenSslPlan } from '@tomte/elf';
import { buildElf } from '../testdata/elf-builder.ts';

/** A real header and real tables reach deeper than random bytes do. */
const whole = buildElf(readRealCode());

/** A prime, so that ends fall on every alignment. */
const TRUNCATION_STEP_BYTES = 7;

describe('hostile files', () => {
  it('random bytes are refused or parsed, never a throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4096 }), (bytes) => {
        expect(parseElf(bytes).ok).toBe(false);
      }),
    );
  });

  it('every truncation gives a plan or an error', () => {
    for (let length = 0; length < whole.length; length += TRUNCATION_STEP_BYTES)
      exercise(whole.subarray(0, length));
  });

  it('any bytes overwritten anywhere give a plan or an error', () => {
    const patch = fc.record({
      at: fc.nat(whole.length - 1),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
    });
    fc.assert(
      fc.property(fc.array(patch, { minLength: 1, maxLength: 12 }), (patches) => {
        const damaged = whole.slice();
        for (const { at, bytes } of patches) damaged.set(bytes.subarray(0, damaged.length - at), at);
        exercise(damaged);
      }),
      { numRuns: 250 },
    );
  });

  it('extreme 64-bit values in any field give a plan or an error', () => {
    const extreme = fc.constantFrom(
      0n,
      1n,
      0x7fff_ffffn,
      0xffff_ffffn,
      0x7fff_ffff_ffff_ffffn,
      0xffff_ffff_ffff_ffffn,
    );
    fc.assert(
      fc.property(fc.nat(whole.length - 8), extreme, (at, value) => {
        const damaged = whole.slice();
        new DataView(damaged.buffer).setBigUint64(at, value, true);
        exercise(damaged);
      }),
      { numRuns: 250 },
    );
  });

  it('a reader that fails at any place gives a plan or an error', () => {
    fc.assert(
      fc.property(fc.nat(40), (failAt) => {
        let calls = 0;
        const read = (offset: number, length: number) => {
          calls += 1;
          const isInside = offset + length <= whole.length;
          return calls > failAt || !isInside ? undefined : whole.subarray(offset, offset + length);
        };
        planOpenSslProbes({ sizeBytes: whole.length, read });
      }),
    );
  });
});

function exercise(bytes: Uint8Array): void {
  const elf = parseElf(bytes);
  if (!elf.ok) return;
  findSymbols(elf.value, ['SSL_read', 'SSL_write']);
  for (const table of elf.value.symbolTables)
    for (const symbol of listSymbols(elf.value.reader, table)) void symbol;
  const plan = planOpenSslProbes(bytes, {
    allowsSlots: true,
    allowsMovedArguments: true,
    allowsInnerExits: true,
  });
  if (plan.ok) expectOffsetsInside(plan.value, bytes.length);
}

function expectOffsetsInside(plan: OpenSslPlan, sizeBytes: number): void {
  for (const { entry, exit } of plan.functions) {
    for (const { fileOffset } of [...entry, ...exit]) expect(fileOffset).toBeLessThan(sizeBytes);
  }
}

function readRealCode(): Record<string, Uint8Array> {
  const path = new URL('../testdata/function-code.golden.json', import.meta.url);
  const code = JSON.parse(readFileSync(path, 'utf8')) as Record<string, Record<string, { hex: string }>>; // Our own file.
  const functions = Object.entries(code['debian12-3.0.17'] ?? {});
  return Object.fromEntries(
    functions.map(([name, { hex }]) => [name, Uint8Array.from(Buffer.from(hex, 'hex'))]),
  );
}
