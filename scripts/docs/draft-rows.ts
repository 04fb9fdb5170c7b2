import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codesOnPage } from './error-codes.ts';

/** How far behind a code its facts and remedy are looked for. */
const REACH_CHARACTERS = 700;

/** The page with a row for each code that had none, drawn from the source's own words, sorted by code. */
export function withDraftRows(checkout: string, sources: ReadonlyMap<string, string>, page: string): string {
  const documented = codesOnPage(page);
  const drafts = [...sources]
    .filter(([code]) => !documented.has(code))
    .map(([code, path]) => draftRow(code, readFileSync(join(checkout, path), 'utf8')));
  const lines = page.trimEnd().split('\n');
  const kept = lines.filter((line) => isRow(line) && isUsed(line, sources));
  const head = lines.filter((line) => !isRow(line));
  return [...head, ...[...kept, ...drafts].toSorted(), ''].join('\n');
}

function isRow(line: string): boolean {
  return /^\| `[A-Z]/.test(line);
}

function isUsed(row: string, sources: ReadonlyMap<string, string>): boolean {
  return [...codesOnPage(row)].some((code) => sources.has(code));
}

/** `throw new AppError(CODE, facts, { remedy })` or `CODE: facts. Remedy.`, as far as literals show them. */
function draftRow(code: string, source: string): string {
  const after = source.slice(source.search(new RegExp(`['"\`]${code}\\b`)) + 1).slice(0, REACH_CHARACTERS);
  const inMessage = new RegExp(`^${code}: ([^\`'"]*)`).exec(after)?.[1];
  if (inMessage !== undefined) return toRow(code, inMessage, 'See the message.');
  const facts = /^\w+['"`],\s*(?:`([^`]*)`|'([^']*)'|"([^"]*)")/.exec(after);
  const remedy = /remedy:\s*(?:`([^`]*)`|'([^']*)'|"([^"]*)")/.exec(after);
  return toRow(code, firstGroup(facts) ?? 'See the message.', firstGroup(remedy) ?? 'See the message.');
}

function firstGroup(match: RegExpExecArray | null): string | undefined {
  return match?.slice(1).find((group) => group !== undefined);
}

/** `${…}` becomes `…`, since the page speaks of every case. */
function toRow(code: string, facts: string, remedy: string): string {
  const cell = (text: string): string =>
    text
      .replaceAll(/\$\{[^}]*\}+/g, '…')
      .replaceAll('|', '\\|')
      .trim();
  return `| \`${code}\` | ${cell(facts)} | ${cell(remedy)} |`;
}
