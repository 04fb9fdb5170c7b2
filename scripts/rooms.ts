// `pnpm rooms`: the import rules of scripts/rooms-matrix.ts, and the page made from it. `--write` renews the page.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cruiseRooms } from './rooms/cruise-rooms.ts';
import type { Violation } from './rooms/cruise-rooms.ts';
import { matrixPage } from './rooms/matrix-page.ts';

const SHOWN_PER_RULE = 10;
const checkout = fileURLToPath(new URL('..', import.meta.url));
const pagePath = fileURLToPath(new URL('../docs/reference/rooms.md', import.meta.url));

async function main(): Promise<number> {
  if (process.argv.includes('--write')) writeFileSync(pagePath, matrixPage());
  const { violations, fileCount } = await cruiseRooms(checkout);
  for (const line of describe(violations)) console.error(line);
  const isPageFresh = readPage() === matrixPage();
  if (!isPageFresh) {
    console.error(
      'ROOMS_PAGE_STALE: docs/reference/rooms.md does not match the table. Run `pnpm rooms --write`.',
    );
  }
  console.log(`${fileCount} files, ${violations.length} forbidden imports`);
  return violations.length === 0 && isPageFresh ? 0 : 1;
}

/** The violations by rule, each rule with its advice; of many only the first few. */
function describe(violations: readonly Violation[]): readonly string[] {
  const byRule = Map.groupBy(violations, ({ rule }) => rule);
  return [...byRule].flatMap(([rule, all]) => {
    const shown = all.slice(0, SHOWN_PER_RULE).map(({ from, to }) => `    ${from} → ${to}`);
    const more = all.length > SHOWN_PER_RULE ? [`    and ${all.length - SHOWN_PER_RULE} more`] : [];
    return [`ROOMS_IMPORT_FORBIDDEN: rule ${rule}. ${all[0]?.comment ?? ''}`, ...shown, ...more];
  });
}

function readPage(): string | undefined {
  try {
    return readFileSync(pagePath, 'utf8');
  } catch {
    return undefined;
  }
}

process.exitCode = await main();
