import { defineConfig } from 'vitest/config';

const nowhere = ['**/node_modules/**', '**/testdata/**', '.tools/**'];

/** A test's last extension but one says what it needs; a plain `*.test.ts` needs nothing. */
const kinds = {
  property: ['**/*.property.test.ts'],
  integration: ['**/*.integration.test.ts'],
  bpf: ['**/*.bpf.test.ts', 'bpf/tests/**/*.test.ts'],
  e2e: ['e2e/src/**/*.e2e.test.ts'],
};

/** One file at a time: these share a kernel, ports or a database server. */
const serial = { pool: 'forks', fileParallelism: false, maxWorkers: 1 } as const;

// Zero tests in one project is no fault; `scripts/test.ts` fails when nothing ran at all.
export default defineConfig({
  test: {
    allowOnly: false,
    passWithNoTests: true,
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...nowhere, ...Object.values(kinds).flat()],
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: { name: 'property', include: kinds.property, exclude: nowhere, testTimeout: 60_000 },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: kinds.integration,
          exclude: nowhere,
          ...serial,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'bpf',
          include: kinds.bpf,
          globalSetup: 'scripts/testing/fresh-objects.ts',
          exclude: nowhere,
          ...serial,
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: kinds.e2e,
          globalSetup: 'scripts/testing/fresh-objects.ts',
          exclude: nowhere,
          ...serial,
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
