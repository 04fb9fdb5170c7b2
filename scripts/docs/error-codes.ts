import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The page with one row for each code: `| CODE | what happened | what to do |`. */
export const ERRORS_PAGE = 'docs/reference/errors.md';

const SOURCES = [
  'packages/*/src/**/*.ts',
  'scripts/**/*.{ts,mjs}',
  'e2e/src/**/*.ts',
  'bench/src/**/*.ts',
  'deploy/src/**/*.ts',
];
const NO_SOURCES = ['**/*.test.ts', '**/testdata/**', '**/node_modules/**', 'packages/**/gen/**'];

const CODE = '[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+';
/** Where a code stands in source: an error's first arguments, a `code:` field, the head of a message, a table's key. */
const PLACES = [
  new RegExp(`(?:Error|Problem|problem|fail|refuse)\\w*\\(\\s*(?:'[a-z]+',\\s*)?'(${CODE})'`, 'g'),
  new RegExp(`AppError\\.from\\([^;]{0,200}?'(${CODE})'`, 'g'),
  new RegExp(`\\bcode: '(${CODE})'`, 'g'),
  new RegExp(`['"\`](${CODE}): `, 'g'),
  new RegExp(`\\b(${CODE}): \\{\\s*family:`, 'g'),
];

/** Files that may make an error. */
export function sourcePaths(checkout: string): readonly string[] {
  return globSync(SOURCES, { cwd: checkout, exclude: NO_SOURCES }).toSorted();
}

/** Codes in the sources, each with one file that has it. */
export function codesInSources(checkout: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const path of sourcePaths(checkout)) {
    const text = readFileSync(join(checkout, path), 'utf8');
    for (const place of PLACES) {
      for (const match of text.matchAll(place)) found.set(match[1] ?? '', path);
    }
  }
  return found;
}

/** Codes that have a row on the page. */
export function codesOnPage(page: string): ReadonlySet<string> {
  return new Set(
    [...page.matchAll(new RegExp(`^\\| \`(${CODE})\` \\|`, 'gm'))].map((match) => match[1] ?? ''),
  );
}

/** Codes without a row, and rows without a code. */
export function errorCodeProblems(sources: ReadonlyMap<string, string>, page: string): readonly string[] {
  const documented = codesOnPage(page);
  const undocumented = [...sources].filter(([code]) => !documented.has(code));
  const gone = [...documented].filter((code) => !sources.has(code));
  return [
    ...undocumented.map(
      ([code, path]) => `DOCS_CODE_MISSING: ${code} (${path}) has no row in ${ERRORS_PAGE}.`,
    ),
    ...gone.map((code) => `DOCS_CODE_GONE: ${ERRORS_PAGE} has a row for ${code}, which no source uses.`),
  ];
}
