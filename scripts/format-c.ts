// `pnpm format:c` formats the BPF sources; without --write it checks. Skipped, and said, where clang-format is missing.
import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { chdir } from 'node:process';
import { fileURLToPath } from 'node:url';

chdir(fileURLToPath(new URL('..', import.meta.url)));

function main(): number {
  const files = globSync('bpf/**/*.{c,h}', { exclude: ['bpf/{build,gen,vmlinux,node_modules}/**'] });
  if (files.length === 0 || !existsSync('bpf/.clang-format'))
    return skip('there is no bpf/.clang-format or no C yet');
  const mode = process.argv.includes('--write') ? ['-i'] : ['--dry-run', '-Werror'];
  const { error, status } = spawnSync('clang-format', [...mode, ...files], { stdio: 'inherit' });
  if (error !== undefined) return skip('no clang-format here; Debian has it as a package');
  return status ?? 1;
}

function skip(reason: string): number {
  console.log(`skipped: ${reason}`);
  return 0;
}

process.exitCode = main();
