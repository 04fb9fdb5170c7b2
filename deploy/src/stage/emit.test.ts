import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { toJavaScript } from './emit.ts';

const folder = mkdtempSync(join(tmpdir(), 'emit-'));
afterAll(() => rmSync(folder, { recursive: true }));
for (const name of ['child.ts', 'other.ts']) writeFileSync(join(folder, name), '');
const path = join(folder, 'file.ts');

describe('a file as JavaScript', () => {
  it('keeps every line and column', () => {
    const source = 'const a: number = 1;\nexport function f(x: string): void { g(x as never); }\n';
    const javascript = toJavaScript(source, path);
    expect(javascript).toHaveLength(source.length);
    expect(javascript.indexOf('g(x')).toBe(source.indexOf('g(x'));
    expect(javascript).not.toMatch(/number|string|void/);
  });

  it.each([
    ["import { a } from './child.ts';", "import { a } from './child.js';"],
    ["await import('./other.ts');", "await import('./other.js');"],
    ["join(import.meta.dirname, 'child.ts');", "join(import.meta.dirname, 'child.js');"],
    ["new URL('./child.ts', import.meta.url);", "new URL('./child.js', import.meta.url);"],
  ])('names the other file: %s', (source, javascript) => {
    expect(toJavaScript(source, path)).toBe(javascript);
  });

  it('leaves alone what only looks like one', () => {
    const source = "const text = 'not-there.ts'; // './child.ts'\n";
    expect(toJavaScript(source, path)).toBe(source);
  });

  it('refuses a file that is not there', () => {
    expect(() => toJavaScript("import './gone.ts';", path)).toThrow(
      expect.objectContaining({ code: 'DEPLOY_EMIT_UNRESOLVED' }),
    );
  });
});
