import { describe, expect, it } from 'vitest';
import { insert } from './insert.ts';
import { parseName } from './plan.ts';

const index = `import type { View } from '../view.ts';
import { agents } from './agents.ts';
import { services } from './services.ts';

export const views: readonly View[] = [
  agents,
  services,
];
`;

describe('insert', () => {
  it.each([
    ['./edges.ts', 2],
    ['./aaa.ts', 1],
    ['./zebra.ts', 3],
  ])('puts the import of %s in its place', (module, line) => {
    const changed = insert(index, { kind: 'import', path: '', line: `import { x } from '${module}';` });
    expect(changed?.split('\n')[line]).toBe(`import { x } from '${module}';`);
  });

  it('puts an entry at the end of the list', () => {
    const changed = insert(index, {
      kind: 'entry',
      path: '',
      opener: /^export const views\b/,
      line: '  edges,',
    });
    expect(changed).toContain('  services,\n  edges,\n];\n');
  });

  it('says when the list is not found', () => {
    expect(
      insert(index, { kind: 'entry', path: '', opener: /^export const panels\b/, line: '  x,' }),
    ).toBeUndefined();
  });
});

describe('parseName', () => {
  it('knows every spelling of a name', () => {
    expect(parseName('slow-queries')).toEqual({
      kebab: 'slow-queries',
      camel: 'slowQueries',
      pascal: 'SlowQueries',
      snake: 'slow_queries',
      upper: 'SLOW_QUERIES',
      title: 'Slow queries',
    });
  });

  it.each(['', 'Slow', 'slow_queries', '-slow', 'slow-', 'a--b', '9lives', '../x'])('refuses %j', (name) =>
    expect(parseName(name)).toBeUndefined(),
  );
});
