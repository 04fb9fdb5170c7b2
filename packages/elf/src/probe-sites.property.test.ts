import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseProbeSites } from '@tomte/elf';
import type { ElfMachine } from '@tomte/elf';

const MACHINES: readonly ElfMachine[] = ['x86-64', 'aarch64'];

/** Opcodes that make control flow, so that random code has loops, calls and returns. */
const piece = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 6 }),
  fc.tuple(fc.constantFrom(0xeb, 0x74, 0x75, 0x7e), fc.nat(255)).map((bytes) => Uint8Array.from(bytes)),
  fc
    .constantFrom(
      [0xc3],
      [0x55],
      [0x90],
      [0xff, 0xe0],
      [0x31, 0xc0],
      [0x85, 0xc0],
      [0x8b, 0x04, 0x24],
      [0x31, 0xff],
    )
    .map((b) => Uint8Array.from(b)),
);
const code = fc
  .array(piece, { maxLength: 60 })
  .map((pieces) => Uint8Array.from(pieces.flatMap((each) => [...each])));

describe('any code', () => {
  it('gives at most one entry, sites inside the code, and never a throw', () => {
    fc.assert(
      fc.property(code, fc.constantFrom(...MACHINES), fc.nat(6), (bytes, machine, argumentCount) => {
        const toFileOffset = (address: number) =>
          address < 0x1000 + bytes.length ? address - 0x1000 : undefined;
        const options = {
          machine,
          argumentCount,
          needsExit: true,
          allowsSlots: true,
          allowsMovedArguments: true,
          toFileOffset,
        };
        const { entry, exit } = chooseProbeSites(bytes, 0x1000, options);
        expect(entry.length).toBeLessThanOrEqual(1);
        for (const { symbolOffset } of [...entry, ...exit]) expect(symbolOffset).toBeLessThan(bytes.length);
        expect(new Set(exit.map(({ fileOffset }) => fileOffset)).size).toBe(exit.length);
      }),
      { numRuns: 3000 },
    );
  });

  it('is bounded when the code goes on for ever', () => {
    const readCode = (_: number, lengthBytes: number) => new Uint8Array(lengthBytes).fill(0x90);
    const sites = chooseProbeSites(Uint8Array.of(0x53), 0x1000, {
      ...{ machine: 'x86-64', argumentCount: 1, needsExit: true, readCode },
      toFileOffset: (address) => address,
    });
    expect(sites.exitCoverage).toBe('none');
    expect(sites.notes[0]).toMatch(/more code/);
  });
});
