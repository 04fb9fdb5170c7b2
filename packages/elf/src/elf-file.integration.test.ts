import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findSymbols, listSymbols, parseElf } from '@tomte/elf';
import type { ElfFile } from '@tomte/elf';
import { fetchLibssl } from '../testdata/fetch-libssl.ts';

const builds = [...fetchLibssl()].filter(([name]) => !name.startsWith('node-'));

describe.each(builds)('%s against binutils', (_, path) => {
  const elf = parse(path);

  it('has the defined dynamic symbols of nm', () => {
    const ours = new Set<string>();
    for (const table of elf.symbolTables.slice(0, 1)) {
      for (const { name, virtualAddress, type } of listSymbols(elf.reader, table)) {
        if (type === 'function') ours.add(`${virtualAddress} ${name}`);
      }
    }
    const theirs = run('nm', ['-D', '--defined-only', path]).flatMap((line) => {
      const [, hex = '', kind, name = ''] = /^([0-9a-f]+) (\w) ([^@]+)/.exec(line) ?? [];
      return kind === 'T' || kind === 't' || kind === 'W' ? [`${Number.parseInt(hex, 16)} ${name}`] : [];
    });
    expect([...ours].sort()).toEqual([...new Set(theirs)].sort());
  });

  it('has the sections, segments and build id of readelf', () => {
    const output = run('readelf', ['-lSnW', path]);
    const sections = output.flatMap(
      (line) =>
        /^\s*\[\s*\d+\]\s+(\.\S+)\s+\S+\s+([0-9a-f]{16}) ([0-9a-f]+) ([0-9a-f]+)/
          .exec(line)
          ?.slice(1)
          .join(' ') ?? [],
    );
    const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
    const ours = elf.sections
      .filter(({ name }) => name !== '')
      .map(
        ({ name, virtualAddress, fileOffset, sizeBytes }) =>
          `${name} ${hex(virtualAddress, 16)} ${hex(fileOffset, 6)} ${hex(sizeBytes, 6)}`,
      );
    expect(ours).toEqual(sections);
    const loads = output.flatMap(
      (line) => /^\s+LOAD\s+0x([0-9a-f]+) 0x([0-9a-f]+)/.exec(line)?.slice(1).join(' ') ?? [],
    );
    const ourLoads = elf.segments
      .filter(({ type }) => type === 1)
      .map(({ fileOffset, virtualAddress }) => `${hex(fileOffset, 6)} ${hex(virtualAddress, 16)}`);
    expect(ourLoads).toEqual(loads);
    expect(output.join('\n')).toContain(`Build ID: ${elf.buildId}`);
  });

  it('finds the same symbol by name as by listing', () => {
    const [table] = elf.symbolTables;
    const listed =
      table === undefined
        ? []
        : [...listSymbols(elf.reader, table)].filter(({ name }) => name === 'SSL_read');
    expect([...findSymbols(elf, ['SSL_read']).values()]).toEqual(listed);
  });
});

function parse(path: string): ElfFile {
  const elf = parseElf(readFileSync(path));
  if (!elf.ok) throw new Error(elf.error.message);
  return elf.value;
}

function run(command: string, words: readonly string[]): string[] {
  return execFileSync(command, words, { encoding: 'utf8', maxBuffer: 1 << 28 }).split('\n');
}
