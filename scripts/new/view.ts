import type { Names, Plan } from './plan.ts';
import { fillTemplate } from './template.ts';

const INDEX = 'packages/query/src/views/index.ts';

/** A view: its definition, and one place in the list of views. Its golden SQL is written by the tests. */
export function planView(names: Names): Plan {
  const path = `packages/query/src/views/${names.kebab}.ts`;
  return {
    files: { [path]: fillTemplate('view/view.ts', names) },
    insertions: [
      { kind: 'import', path: INDEX, line: `import { ${names.camel} } from './${names.kebab}.ts';` },
      { kind: 'entry', path: INDEX, opener: /^export const views\b/, line: `  ${names.camel},` },
    ],
    next: [
      `Say what it shows in ${path}: meaning, columns with units, SQL.`,
      'pnpm exec vitest run packages/query -u   (writes the golden SQL: read it)',
      'pnpm gen && pnpm check',
    ],
  };
}
