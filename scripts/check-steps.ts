/** One step of `pnpm check`: arguments for Node, and the command that mends what it finds. */
export interface CheckStep {
  readonly name: string;
  readonly args: readonly string[];
  readonly repair: string;
  /** A file without which the step has nothing to look at; it is then left out, and that is said. */
  readonly needs?: string;
}

/** Prettier looks again only at files whose content has changed. */
const CACHE = [
  '--cache',
  '--cache-strategy',
  'content',
  '--cache-location',
  'node_modules/.cache/prettier-check',
];

/** Longest first, so that two at a time end together. */
export const checkSteps: readonly CheckStep[] = [
  {
    name: 'tests',
    args: ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', '--project', 'property'],
    repair: 'mend what the failing test says; again: pnpm exec vitest run --project unit --project property',
  },
  {
    name: 'lint',
    args: ['node_modules/eslint/bin/eslint.js', '--max-warnings=0', '.'],
    repair: 'pnpm lint --fix (what remains, by hand)',
  },
  {
    name: 'types',
    args: ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json'],
    repair: 'mend the lines named above; again: pnpm types',
  },
  {
    name: 'types of the page',
    args: ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'packages/web/tsconfig.json'],
    repair: 'mend the lines named above; again: pnpm check --only "types of the page"',
  },
  {
    name: 'dead code',
    args: ['node_modules/knip/bin/knip.js'],
    repair: 'delete what nothing uses, or its `export`; again: pnpm dead',
  },
  {
    name: 'format',
    args: ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', ...CACHE, '.'],
    repair: 'pnpm format',
  },
  { name: 'format of C', args: ['scripts/format-c.ts'], repair: 'pnpm format:c' },
  {
    name: 'rooms',
    args: ['scripts/rooms.ts'],
    repair: 'move the line as the rule says, or for a stale page: pnpm rooms --write',
  },
  { name: 'generated', args: ['scripts/gen.ts', '--check'], repair: 'pnpm gen' },
  {
    name: 'decoders',
    args: ['bpf/scripts/gen-decoders.ts', '--check'],
    repair: 'node bpf/scripts/gen-decoders.ts',
    needs: 'bpf/build/x86_64/types.o',
  },
  {
    name: 'chart',
    args: ['deploy/chart.ts', '--check'],
    repair: 'pnpm chart --write',
  },
  {
    name: 'docs',
    args: ['scripts/docs.ts'],
    repair: 'mend the pages named above; again: pnpm docs:check',
  },
];
