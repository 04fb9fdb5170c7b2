// `pnpm docs:check`: links lead somewhere, error codes and their page agree both ways, commands exist.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unknownCommands } from './docs/commands.ts';
import { ERRORS_PAGE, codesInSources, errorCodeProblems } from './docs/error-codes.ts';
import { brokenLinks } from './docs/links.ts';
import { readPages } from './docs/pages.ts';

const checkout = fileURLToPath(new URL('..', import.meta.url));
const errorsPage = join(checkout, ERRORS_PAGE);

const pages = readPages(checkout);
const codes = codesInSources(checkout);
const problems = [
  ...brokenLinks(checkout, pages),
  ...unknownCommands(checkout, pages),
  ...errorCodeProblems(codes, existsSync(errorsPage) ? readFileSync(errorsPage, 'utf8') : ''),
];
for (const problem of problems) console.error(problem);
console.log(`${pages.length} pages, ${codes.size} error codes, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
