import { describe, expect, it } from 'vitest';
import { findSymbols, parseElf, readVirtual, virtualToFileOffset } from '@tomte/elf';
import { BASE_ADDRESS, buildElf } from '../testdata/elf-builder.ts';

const bytes = buildElf({ alpha: Uint8Array.of(0x90, 0xc3), beta: Uint8Array.of(0x31, 0xc0, 0xc3) });

describe('a small file', () => {
  const elf = parseElf(bytes);

  it('has its machine and build id', () => {
    expect(elf).toMatchObject({
      ok: true,
      value: { machine: 'x86-64', buildId: '000102030405060708090a0b0c0d0e0f10111213' },
    });
  });

  it('has its functions, with addresses that lead to their bytes', () => {
    if (!elf.ok) throw new Error(elf.error.message);
    const symbols = findSymbols(elf.value, ['alpha', 'beta', 'lpha', 'gamma']);
    expect([...symbols.keys()].sort()).toEqual(['alpha', 'beta']);
    const beta = symbols.get('beta');
    expect(beta).toMatchObject({ sizeBytes: 3, type: 'function' });
    expect(readVirtual(elf.value, beta?.virtualAddress ?? 0, 3)).toEqual(Uint8Array.of(0x31, 0xc0, 0xc3));
  });

  it('maps no address outside its segment', () => {
    if (!elf.ok) throw new Error(elf.error.message);
    expect(virtualToFileOffset(elf.value, BASE_ADDRESS + 5)).toBe(5);
    expect(virtualToFileOffset(elf.value, BASE_ADDRESS - 1)).toBeUndefined();
    expect(virtualToFileOffset(elf.value, BASE_ADDRESS + bytes.length)).toBeUndefined();
  });
});

describe('what is refused', () => {
  it.each([
    ['nothing at all', new Uint8Array(), 'ELF_NOT_ELF'],
    ['a script', new TextEncoder().encode('#!/bin/sh\n'.repeat(10)), 'ELF_NOT_ELF'],
    ['32 bits', patched(4, 1), 'ELF_UNSUPPORTED'],
    ['big-endian', patched(5, 2), 'ELF_UNSUPPORTED'],
    ['another machine', patched(18, 3), 'ELF_UNSUPPORTED'],
    ['a program header of an unknown shape', patched(54, 32), 'ELF_MALFORMED'],
    ['program headers behind the end', patched(34, 0xff), 'ELF_MALFORMED'],
    ['an offset above 2^53', patched(39, 0xff), 'ELF_MALFORMED'],
  ])('%s', (_, source, code) => {
    expect(parseElf(source)).toMatchObject({ ok: false, error: { code } });
  });
});

function patched(at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = value;
  return copy;
}
