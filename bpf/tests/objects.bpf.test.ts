import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BpfObject, BPF_TRACE_UPROBE_MULTI, kernelKnows } from '@tomte/bpf-host';
import { describe, expect, it } from 'vitest';

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

it('the decoders in bpf-host are those of the built objects', () => {
  const script = join(bpfFolder, 'scripts/gen-decoders.ts');
  execFileSync(process.execPath, [script, '--check'], { stdio: 'pipe' });
});
