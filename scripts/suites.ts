/** What a suite needs of the machine; `needs.ts` knows how to look. */
export type Need = 'linux' | 'root' | 'btf';

interface SuiteBase {
  readonly name: string;
  readonly needs: readonly Need[];
  /** Killed after this long, which counts as a failure. */
  readonly timeoutMinutes: number;
  /** Takes too long for `npm test`: named there with its command, never run. Says how long. */
  readonly tooLong?: string;
}

/** Vitest projects, run together in one process. */
export interface VitestSuite extends SuiteBase {
  readonly kind: 'vitest';
  readonly projects: readonly string[];
}

/** A TypeScript program whose last line on stdout is `N passed, N failed` (`, N skipped` may follow). */
export interface ProgramSuite extends SuiteBase {
  readonly kind: 'program';
  readonly program: string;
  readonly args: readonly string[];
  /** The command for people, where it is not simply the program's. */
  readonly command?: string;
}

export type Suite = VitestSuite | ProgramSuite;

/** Every suite, in the order in which `npm test` runs them: what fails fast comes first. */
export const suites: readonly Suite[] = [
  { name: 'unit', kind: 'vitest', projects: ['unit', 'property'], needs: [], timeoutMinutes: 10 },
  { name: 'integration', kind: 'vitest', projects: ['integration'], needs: ['linux'], timeoutMinutes: 25 },
  { name: 'bpf', kind: 'vitest', projects: ['bpf'], needs: ['linux', 'root', 'btf'], timeoutMinutes: 8 },
  { name: 'e2e', kind: 'vitest', projects: ['e2e'], needs: ['linux', 'root', 'btf'], timeoutMinutes: 18 },
  {
    name: 'crash',
    kind: 'program',
    program: 'e2e/src/crash/main.ts',
    args: ['--kills', '30'],
    needs: ['linux', 'root', 'btf'],
    timeoutMinutes: 8,
    command: 'pnpm test:crash --kills 30',
  },
  {
    name: 'cluster',
    kind: 'program',
    program: 'e2e/src/cluster/main.ts',
    args: ['test', '--fresh'],
    needs: ['linux', 'root', 'btf'],
    // Most of it goes where nothing of the cluster is built yet.
    timeoutMinutes: 60,
    command: 'pnpm e2e test --fresh',
  },
  {
    name: 'crash-500',
    kind: 'program',
    program: 'e2e/src/crash/main.ts',
    args: ['--kills', '500'],
    needs: ['linux', 'root', 'btf'],
    timeoutMinutes: 90,
    command: 'pnpm test:crash --kills 500',
    tooLong: 'half an hour and more; `crash` kills 30 times',
  },
  {
    name: 'fuzz',
    kind: 'program',
    program: 'packages/protocols/src/testing/fuzz-http.ts',
    args: ['--seconds', '1200'],
    needs: [],
    timeoutMinutes: 30,
    command: 'pnpm fuzz --seconds 1200',
    tooLong: 'some 20 minutes for 100 million executions; a property test runs 50 thousand',
  },
];

/** The command by which a person runs a suite alone. */
export function commandOf(suite: Suite): string {
  if (suite.kind === 'vitest') {
    return `pnpm exec vitest run ${suite.projects.map((project) => `--project ${project}`).join(' ')}`;
  }
  return suite.command ?? ['node', suite.program, ...suite.args].join(' ');
}
