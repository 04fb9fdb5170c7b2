// `pnpm docs:check`: links lead somewhere, error codes and their page agree both ways, commands exist.
// With --draft it first writes a row for each code that has none and drops rows whose code is gone.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unknownCommands } from './docs/commands.ts';
import { unfinishedRows, withDraftRows } from './docs/draft-rows.ts';
import { ERRORS_PAGE, codesInSources, errorCodeProblems, sourcePaths } from './docs/error-codes.ts';
import { errorWords } from './docs/error-words.ts';
import { brokenLinks } from './docs/links.ts';
import { readPages } from './docs/pages.ts';
import { placeholders } from './docs/placeholders.ts';

const checkout = fileURLToPath(new URL('..', import.meta.url));
const errorsPage = join(checkout, ERRORS_PAGE);
const codes = codesInSources(checkout);

const readErrorsPage = (): string => (existsSync(errorsPage) ? readFileSync(errorsPage, 'utf8') : '');

if (process.argv.includes('--draft')) {
  const words = errorWords(checkout, sourcePaths(checkout));
  writeFileSync(errorsPage, withDraftRows(codes, words, readErrorsPage()));
}
const pages = readPages(checkout);
const problems = [
  ...brokenLinks(checkout, pages),
  ...unknownCommands(checkout, pages),
  ...placeholders(pages),
  ...errorCodeProblems(codes, readErrorsPage()),
  ...unfinishedRows(readErrorsPage()).map(
    (code) => `DOCS_CODE_UNFINISHED: the row of ${code} in ${ERRORS_PAGE} is a draft.`,
  ),
];
for (const problem of problems) console.error(problem);
console.log(`${pages.length} pages, ${codes.size} error codes, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
