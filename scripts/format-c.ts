// `pnpm format:c` formats the BPF sources; without --write it checks. Where set-up cannot install clang-format, it is
// skipped, and that is said.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { chdir } from 'node:process';
import { fileURLToPath } from 'node:url';

chdir(fileURLToPath(new URL('..', import.meta.url)));

function main(): number {
  const files = globSync('bpf/**/*.{c,h}', { exclude: ['bpf/{build,gen,vmlinux,node_modules}/**'] });
  const mode = process.argv.includes('--write') ? ['-i'] : ['--dry-run', '-Werror'];
  const { error, status } = spawnSync('clang-format', [...mode, ...files], { stdio: 'inherit' });
  return error === undefined ? (status ?? 1) : missing();
}

/** On Debian set-up installs it: without it the check would pass by looking at nothing. */
function missing(): number {
  if (spawnSync('apt-get', ['--version']).error === undefined) {
    console.error('FORMAT_C_NO_TOOL: clang-format is missing; npm run setup installs it.');
    return 1;
  }
  console.log('skipped: no clang-format here, and no apt-get to install it with');
  return 0;
}

process.exitCode = main();
