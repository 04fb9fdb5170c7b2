import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Names } from './plan.ts';

/** The text of `templates/<path>.txt` with each `{{spelling}}` replaced by the name so spelt. */
export function fillTemplate(path: string, names: Names): string {
  const text = readFileSync(join(import.meta.dirname, 'templates', `${path}.txt`), 'utf8');
  const spellings: Readonly<Record<string, string>> = { ...names };
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_, spelling: string) => {
    const value = spellings[spelling];
    if (value === undefined)
      throw new Error(`templates/${path}.txt asks for {{${spelling}}}, which there is not`);
    return value;
  });
}
