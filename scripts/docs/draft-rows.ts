import { codesOnPage } from './error-codes.ts';
import type { ErrorWords } from './error-words.ts';

/** Stands where the sources' literals do not tell: to be replaced by the author. */
const UNFINISHED = '(to be written)';

/** The page with a row for each code that had none, drawn from the source's own words, sorted by code. */
export function withDraftRows(
  sources: ReadonlyMap<string, string>,
  words: ReadonlyMap<string, ErrorWords>,
  page: string,
): string {
  const documented = codesOnPage(page);
  const drafts = [...sources.keys()]
    .filter((code) => !documented.has(code))
    .map((code) => draftRow(code, words.get(code)));
  const lines = page.trimEnd().split('\n');
  const kept = lines.filter((line) => isRow(line) && isUsed(line, sources));
  const head = lines.filter((line) => !isRow(line));
  return [...head, ...[...kept, ...drafts].toSorted(), ''].join('\n');
}

/** Rows that still hold a draft's place for words. */
export function unfinishedRows(page: string): readonly string[] {
  return [
    ...codesOnPage(
      page
        .split('\n')
        .filter((line) => line.includes(UNFINISHED))
        .join('\n'),
    ),
  ];
}

function isRow(line: string): boolean {
  return /^\| `[A-Z]/.test(line);
}

function isUsed(row: string, sources: ReadonlyMap<string, string>): boolean {
  return [...codesOnPage(row)].some((code) => sources.has(code));
}

function draftRow(code: string, words: ErrorWords | undefined): string {
  return `| \`${code}\` | ${cell(words?.facts)} | ${cell(words?.remedy)} |`;
}

/** Capital first, a full stop last, and nothing that would end the cell. */
function cell(text: string | undefined): string {
  const trimmed = (text ?? '').replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').trim();
  if (!/[a-z]{2}/.test(trimmed)) return UNFINISHED;
  const isWord = /^[a-z]+[ ,]/.test(trimmed);
  const sentence = isWord ? `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}` : trimmed;
  return /[.?!]$/.test(sentence) ? sentence : `${sentence}.`;
}
