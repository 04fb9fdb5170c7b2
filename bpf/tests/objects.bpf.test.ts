import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BpfObject, BPF_TRACE_UPROBE_MULTI, kernelKnows } from '@tomte/bpf-host';
import { beforeAll, describe, expect, it } from 'vitest';

const bpfFolder = fileURLToPath(new URL('..', import.meta.url));
const objectFolder = join(bpfFolder, 'build', process.arch === 'arm64' ? 'arm64' : 'x86_64');
const objects = readdirSync(objectFolder).filter((name) => name.endsWith('.bpf.o'));

describe('objects', () => {
  it('are all there: one for each source file', () => {
    const sources = readdirSync(join(bpfFolder, 'programs')).map((name) => name.replace(/\.c$/, '.o'));
    expect(objects.sort()).toEqual(sources.sort());
  });

  it.each(objects)('%s passes the verifier of this kernel', (name) => {
    const object = BpfObject.open(join(objectFolder, name));
    try {
      object.load();
      for (const program of object.programs) expect(object.programFd(program.name)).toBeGreaterThan(0);
    } finally {
      object.close();
    }
  });

  it.skipIf(!kernelKnows('BPF_TRACE_UPROBE_MULTI'))('tls.bpf.o passes it for uprobe_multi as well', () => {
    const object = BpfObject.open(join(objectFolder, 'tls.bpf.o'));
    try {
      for (const { name } of object.programs) object.setAttachType(name, BPF_TRACE_UPROBE_MULTI);
      object.load();
    } finally {
      object.close();
    }
  });

  it('says what is wrong when an object cannot be opened', () => {
    expect(() => BpfObject.open(join(objectFolder, 'no-such.bpf.o'))).toThrow(/no-such\.bpf\.o: ENOENT/);
  });
});

describe('objects for arm64', () => {
  const folder = join(bpfFolder, 'build/arm64');
  beforeAll(() => void execFileSync('make', ['-s', '-C', bpfFolder, 'ARCH=arm64']));

  it('have the layouts that the decoders read', () => {
    const script = join(bpfFolder, 'scripts/gen-decoders.ts');
    execFileSync(process.execPath, [script, '--check', '--arch', 'arm64'], { stdio: 'pipe' });
  });

  it('take the first argument of a call from orig_x0: x0 holds the result at its end', () => {
    const dump = (folderOf: string, section: string): string =>
      execFileSync(
        'bpftool',
        ['btf', 'dump', 'file', join(folderOf, 'call_returns.bpf.o'), 'format', section],
        {
          encoding: 'utf8',
        },
      );
    expect(dump(folder, 'raw')).toMatch(/STRUCT 'pt_regs'[\s\S]{0,200}'orig_x0'/);
    expect(dump(join(bpfFolder, 'build/x86_64'), 'raw')).not.toContain('orig_x0');
  });
});

it('the decoders in bpf-host are those of the built objects', () => {
  const script = join(bpfFolder, 'scripts/gen-decoders.ts');
  execFileSync(process.execPath, [script, '--check'], { stdio: 'pipe' });
});
