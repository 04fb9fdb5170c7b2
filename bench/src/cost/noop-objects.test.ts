import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { countAttached, emptyPrograms } from './noop-objects.ts';

const programs = fileURLToPath(new URL('../../../bpf/programs/', import.meta.url));

test('every attached program of ours is emptied, and stays attached', () => {
  for (const file of readdirSync(programs)) {
    const source = readFileSync(join(programs, file), 'utf8');
    const emptied = emptyPrograms(source);
    expect(emptied.programs, file).toBe(countAttached(source));
    expect(countAttached(emptied.text), file).toBe(countAttached(source));
  }
});

test('a body goes; its section, name and arguments stay, and so do programs that are called', () => {
  const attached = 'SEC("tp/syscalls/sys_exit_read")\nint exit_read(struct ctx *ctx)\n';
  const called = 'SEC("syscall")\nint set(void *r)\n{\n\treturn 1;\n}\n';
  const { text } = emptyPrograms(`${attached}{\n\tif (x) {\n\t\ty();\n\t}\n\treturn z();\n}\n\n${called}`);
  expect(text).toContain(`${attached}{\n\treturn 0;\n}\n\n${called}`);
});
