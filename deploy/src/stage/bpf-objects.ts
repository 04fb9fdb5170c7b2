import { cpSync, globSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Architecture } from '../architecture.ts';
import { checkout } from '../checkout.ts';
import { command } from '../command.ts';

/** Compiles the BPF objects for `architecture` and lays them where the agent looks; returns their paths. */
export async function layBpfObjects(root: string, { bpf }: Architecture): Promise<readonly string[]> {
  await command('make', ['-C', join(checkout, 'bpf'), `ARCH=${bpf}`], {
    remedy: 'Mend what the lines above say; `npm run setup` brings clang and llvm.',
  });
  const decoders = ['bpf/scripts/gen-decoders.ts', '--check', '--arch', bpf];
  const remedy = 'The layouts differ between architectures: see bpf/README.md.';
  await command(process.execPath, decoders, { cwd: checkout, remedy });
  const folder = join(root, 'bpf/build', bpf);
  mkdirSync(folder, { recursive: true });
  return globSync('*.bpf.o', { cwd: join(checkout, 'bpf/build', bpf) })
    .toSorted()
    .map((path) => {
      cpSync(join(checkout, 'bpf/build', bpf, path), join(folder, basename(path)));
      return join(folder, basename(path));
    });
}
