import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node';
import { addTallies, emptyTally, withFailure } from './tally.ts';
import type { Tally } from './tally.ts';

/**
 * Writes the tally to the file that TOMTE_TALLY_FILE names, anew after each test file, so that a killed run
 * still says what it had done. Vitest's own JSON reporter writes at the end only and leaves out why a test was skipped.
 */
class TallyReporter implements Reporter {
  #tally: Tally = emptyTally;
  #root = '';

  onInit(vitest: Vitest): void {
    this.#root = vitest.config.root;
    this.#write();
  }

  onTestModuleEnd(module: TestModule): void {
    const file = relative(this.#root, module.moduleId);
    const tests = [...module.children.allTests()].map((test) => tallyOf(test, file));
    const loadErrors = module
      .errors()
      .map((error) => withFailure(emptyTally, `${file}: ${firstLine(error.message)}`));
    this.#tally = [...tests, ...loadErrors].reduce(addTallies, this.#tally);
    this.#write();
  }

  onTestRunEnd(_modules: readonly TestModule[], errors: readonly { message?: string }[]): void {
    for (const error of errors) {
      this.#tally = withFailure(this.#tally, `outside of any test: ${firstLine(error.message ?? '')}`);
    }
    this.#write();
  }

  #write(): void {
    const path = process.env['TOMTE_TALLY_FILE'];
    if (path !== undefined) writeFileSync(path, JSON.stringify(this.#tally));
  }
}

function tallyOf(test: TestCase, file: string): Tally {
  const result = test.result();
  if (result.state === 'passed') return { ...emptyTally, passedCount: 1 };
  if (result.state === 'failed') {
    return withFailure(
      emptyTally,
      `${file}: ${test.fullName}: ${firstLine(result.errors[0]?.message ?? '')}`,
    );
  }
  const reason = result.state === 'skipped' ? (result.note ?? null) : 'never finished';
  return { ...emptyTally, skippedCount: 1, skippedTests: [{ file, name: test.fullName, reason }] };
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

// eslint-disable-next-line no-restricted-exports -- Vitest loads a reporter by its default export.
export { TallyReporter as default };
