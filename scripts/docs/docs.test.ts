import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { unknownCommands } from './commands.ts';
import { unfinishedRows, withDraftRows } from './draft-rows.ts';
import { codesInSources, errorCodeProblems, sourcePaths } from './error-codes.ts';
import { errorWords } from './error-words.ts';
import { brokenLinks } from './links.ts';
import { readPages } from './pages.ts';
import { placeholders } from './placeholders.ts';

const HEAD = '# Error codes\n\n| code | what happened | what to do |\n|---|---|---|\n';

const source = `
throw new AppError('AGENT_RING_FULL', \`ring \${name} is full\`, { remedy: 'Raise --ring-bytes.' });
AppError.from(thrown, 'AGENT_ODD', { family: 'unexpected' });
fail({ code: 'AGENT_TABLED', message: 'what happened' });
const table = { AGENT_TABLED: { remedy: 'Do this.' } };
console.error(\`AGENT_TALK: something happened. Do this.\`);
const name = process.env['AGENT_NOT_A_CODE'];
`;

function checkoutWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'tomte-docs-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries({ 'package.json': '{"scripts":{"check":"x"}}', ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

it('finds codes wherever an error is made, and compares both ways', () => {
  const codes = codesInSources(checkoutWith({ 'packages/agent/src/a.ts': source }));
  expect([...codes.keys()].toSorted()).toEqual([
    'AGENT_ODD',
    'AGENT_RING_FULL',
    'AGENT_TABLED',
    'AGENT_TALK',
  ]);
  const page = `${HEAD}| \`AGENT_ODD\` | a | b |\n| \`AGENT_OLD\` | a | b |\n`;
  expect(errorCodeProblems(codes, page).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
    'DOCS_CODE_MISSING: AGENT_RING_FULL',
    'DOCS_CODE_MISSING: AGENT_TABLED',
    'DOCS_CODE_MISSING: AGENT_TALK',
    'DOCS_CODE_GONE: docs/reference/errors.md',
  ]);
});

it('drafts rows from the words of the source, says what is left to write, and drops what is gone', () => {
  const checkout = checkoutWith({ 'packages/agent/src/a.ts': source });
  const codes = codesInSources(checkout);
  const words = errorWords(checkout, sourcePaths(checkout));
  const before = `${HEAD}| \`AGENT_ODD\` | mine | kept |\n| \`AGENT_OLD\` | a | b |\n`;
  const page = withDraftRows(codes, words, before);
  expect(page).toContain('| `AGENT_RING_FULL` | Ring … is full. | Raise --ring-bytes. |');
  expect(page).toContain('| `AGENT_ODD` | mine | kept |');
  expect(page).toContain('| `AGENT_TABLED` | What happened. | Do this. |');
  expect(page).not.toContain('AGENT_OLD');
  expect(errorCodeProblems(codes, page)).toEqual([]);
  expect(unfinishedRows(page)).toEqual(['AGENT_TALK']);
});

it('finds links that lead nowhere, outside of fenced examples', () => {
  const page = [
    '# The House',
    '[ok](docs/b.md) [here](#the-house) [web](https://example.org) [there](docs/b.md#part-two)',
    '[gone](docs/c.md) [no heading](docs/b.md#part-three)',
    '```\n[example](nowhere.md)\n```',
  ].join('\n');
  const checkout = checkoutWith({ 'README.md': page, 'docs/b.md': '## Part two\n' });
  expect(brokenLinks(checkout, readPages(checkout))).toEqual([
    'DOCS_LINK_BROKEN: README.md links to docs/c.md, which is not there.',
    'DOCS_LINK_BROKEN: README.md links to docs/b.md#part-three, which is not there.',
  ]);
});

it('finds commands that the checkout does not have', () => {
  const page =
    'Run `pnpm check`, `pnpm chekc` or\n```\nnpm run -s demo -- --json\nnode scripts/gone.ts --x\npnpm exec vitest\n```\n';
  const checkout = checkoutWith({ 'README.md': page });
  const unknown = unknownCommands(checkout, readPages(checkout));
  expect(unknown.map((line) => line.split('; ')[1])).toEqual([
    'package.json has no script "demo".',
    'there is no scripts/gone.ts.',
    'package.json has no script "chekc".',
  ]);
});

it('finds what was to be written later, but not in examples', () => {
  const page = (text: string) => [{ path: 'docs/a.md', text }];
  expect(placeholders(page('Fine. `TODO`\n```\n<your token>\n```\n'))).toEqual([]);
  expect(placeholders(page('To do: TODO, and <your cluster>.\nLorem ipsum.'))).toHaveLength(3);
});
