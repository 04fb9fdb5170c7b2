import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The agent's own BPF objects with every attached program empty: the same hooks, the same maps, the same
 * loader, so that what they cost is the price of being called and nothing else.
 */
const ATTACHED = /(SEC\("(?:tp\/|tp_btf\/|uprobe)[^"]*"\)\nint \w+\([^)]*\)\n)\{\n[\s\S]*?\n\}/g;

export interface Emptied {
  readonly text: string;
  readonly programs: number;
}

/** Source text with the bodies of attached programs taken out. */
export function emptyPrograms(source: string): Emptied {
  let programs = 0;
  const text = source.replace(ATTACHED, (_, head: string) => {
    programs += 1;
    return `${head}{\n\treturn 0;\n}`;
  });
  return { text: `#pragma clang diagnostic ignored "-Wunused-function"\n${text}`, programs };
}

/** Sections of attached programs in a source. */
export function countAttached(source: string): number {
  return source.match(/^SEC\("(?:tp\/|tp_btf\/|uprobe)/gm)?.length ?? 0;
}

const sources = fileURLToPath(new URL('../../../bpf/', import.meta.url));

/** Compiles them below `directory`; returns the folder of the objects, which an agent takes by TOMTE_BPF_OBJECTS. */
export function buildNoopObjects(directory: string): string {
  for (const part of ['Makefile', 'programs', 'lib', 'maps', 'events', 'vmlinux'])
    cpSync(join(sources, part), join(directory, part), { recursive: true });
  const architecture = process.arch === 'arm64' ? 'arm64' : 'x86_64';
  const built = readdirSync(join(directory, 'programs')).map((file) => {
    const path = join(directory, 'programs', file);
    const source = readFileSync(path, 'utf8');
    const { text, programs } = emptyPrograms(source);
    if (programs !== countAttached(source)) throw new Error(`${file}: not every program could be emptied`);
    writeFileSync(path, text);
    return join('build', architecture, file.replace(/\.c$/, '.o'));
  });
  execFileSync('make', ['-C', directory, `ARCH=${architecture}`, ...built], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return join(directory, 'build', architecture);
}
