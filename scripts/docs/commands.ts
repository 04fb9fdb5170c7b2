import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from './pages.ts';
import type { Page } from './pages.ts';

/** Verbs of the package managers themselves. */
const BUILT_IN = new Set(['install', 'exec', 'add', 'run', 'ci', 'why', 'dlx', '-r', '--filter']);
const SCRIPT = /(?:^|[\s;&|])(?:npm run(?: -s)?|npm|pnpm(?: run)?(?: -s)?) ([a-z][\w:-]*)/g;
const FILE = /(?:^|[\s;&|])node ((?:packages|scripts|e2e|bench|bpf|deploy)\/[\w./-]+)/g;

/** Commands that a page tells people to type and that the checkout does not have. */
export function unknownCommands(checkout: string, pages: readonly Page[]): readonly string[] {
  const known = knownNames(checkout);
  return pages.flatMap((page) =>
    codeOf(page.text).flatMap((code) => [
      ...names(code, SCRIPT)
        .filter((name) => !known.has(name))
        .map(
          (name) =>
            `DOCS_COMMAND_UNKNOWN: ${page.path} says \`${code.trim()}\`; package.json has no script "${name}".`,
        ),
      ...names(code, FILE)
        .filter((path) => !existsSync(join(checkout, path)))
        .map((path) => `DOCS_COMMAND_UNKNOWN: ${page.path} says \`${code.trim()}\`; there is no ${path}.`),
    ]),
  );
}

/** What pnpm and npm run: scripts, their own verbs, and the tools that are installed. */
function knownNames(checkout: string): ReadonlySet<string> {
  const manifest = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as {
    scripts: object;
    devDependencies?: object;
  };
  return new Set([
    ...Object.keys(manifest.scripts),
    ...Object.keys(manifest.devDependencies ?? {}),
    ...BUILT_IN,
  ]);
}

function names(code: string, pattern: RegExp): readonly string[] {
  return [...code.matchAll(pattern)].map((match) => match[1] ?? '');
}
