import { withoutFences } from './pages.ts';
import type { Page } from './pages.ts';

/** What is left where somebody meant to write later; inside of code it may be an example. */
const PLACEHOLDER = /\b(?:TODO|TBD|FIXME|XXX|lorem ipsum|coming soon)\b|\(to be written\)|<your[ -][^>]*>/gi;

export function placeholders(pages: readonly Page[]): readonly string[] {
  return pages.flatMap((page) =>
    [
      ...withoutFences(page.text)
        .replaceAll(/`[^`\n]*`/g, '')
        .matchAll(PLACEHOLDER),
    ].map(([text]) => `DOCS_UNWRITTEN: ${page.path} says ${JSON.stringify(text)}: write it, or take it out.`),
  );
}
