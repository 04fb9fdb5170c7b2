import { cruise } from 'dependency-cruiser';
import type { ICruiseResult } from 'dependency-cruiser';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { roomRules } from './rules.ts';

/** One import that the table forbids. */
export interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
  /** Where the line should go instead. */
  readonly comment: string;
}

/** Fixtures and built files of ours; a package of the outside that lies in its own `dist` still counts. */
const OWN_NO_SOURCES = ['^(?!.*node_modules).*/(testdata|build|dist)/'];
const FOLDERS = ['packages', 'e2e', 'bench', 'bpf', 'scripts'];

/** Follows every import under `checkout` and returns those that a rule forbids, with the number of files looked at. */
export async function cruiseRooms(checkout: string): Promise<{ violations: Violation[]; fileCount: number }> {
  const rules = roomRules();
  const { output } = await cruise(
    FOLDERS.filter((folder) => existsSync(join(checkout, folder))),
    {
      baseDir: checkout,
      validate: true,
      ruleSet: { forbidden: [...rules] },
      tsPreCompilationDeps: true,
      doNotFollow: { path: ['node_modules'] },
      exclude: { path: OWN_NO_SOURCES },
    },
    { conditionNames: ['import', 'node', 'default', 'types'], exportsFields: ['exports'] },
  );
  const result = output as ICruiseResult; // Without an output type, cruise answers its result object.
  const comments = new Map(rules.map((rule) => [rule.name, rule.comment]));
  const violations = result.summary.violations.map(({ rule, from, to }) => ({
    rule: rule.name,
    from,
    to,
    comment: comments.get(rule.name) ?? '',
  }));
  return {
    violations,
    fileCount: result.modules.filter((module) => !module.source.includes('node_modules')).length,
  };
}
