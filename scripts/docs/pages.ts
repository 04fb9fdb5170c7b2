import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A page for people. */
export interface Page {
  /** Relative to the checkout. */
  readonly path: string;
  readonly text: string;
}

const PAGES = [
  '*.md',
  'docs/**/*.md',
  'packages/*/*.md',
  'bpf/*.md',
  'e2e/*.md',
  'bench/*.md',
  'deploy/*.md',
  'charts/*/*.md',
];

export function readPages(checkout: string): readonly Page[] {
  const paths = globSync(PAGES, { cwd: checkout, exclude: ['**/node_modules/**'] });
  return paths.toSorted().map((path) => ({ path, text: readFileSync(join(checkout, path), 'utf8') }));
}

/** The page with fenced blocks blanked out, line for line: links in them are examples. */
export function withoutFences(text: string): string {
  return text.replaceAll(/^```[\s\S]*?^```/gm, (block) => block.replaceAll(/[^\n]/g, ''));
}

/** What stands in code spans and fenced blocks, where commands are. */
export function codeOf(text: string): readonly string[] {
  const blocks = [...text.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].flatMap((match) =>
    (match[1] ?? '').split('\n'),
  );
  const spans = [...withoutFences(text).matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
  return [...blocks, ...spans];
}
