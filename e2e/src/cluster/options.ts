import { parseArgs } from 'node:util';
import { AppError } from '@tomte/kit';

const verbs = ['up', 'down', 'test', 'status'] as const;

export interface E2eOptions {
  readonly verb: (typeof verbs)[number];
  readonly json: boolean;
  /** Stories by name; all where it is empty. */
  readonly only: readonly string[];
  /** `test` begins with no cluster, ends with none, and proves that nothing is left. */
  readonly isFresh: boolean;
}

export const usage = `pnpm e2e up | down | status [--json] | test [--json] [--only STORY]… [--fresh]

up      brings up a kind cluster of two nodes, or finds that it is up
down    takes it down; nothing of it is left but the cache
status  says whether it is up, and where its kubeconfig, Docker and programs are
test    runs the stories on it, bringing it up where it is not; --fresh takes it down before and afterwards and
        proves that nothing is left, after a killed \`up\` too

What was built is kept in $TOMTE_CACHE_DIR (default ~/.cache/tomte/cluster).
Exit codes: 0 well, 1 a story failed or the surroundings did, 2 the input is wrong, 70 a defect, 130 stopped by a signal.
`;

/** @throws AppError CLUSTER_OPTIONS_INVALID */
export function parseOptions(args: readonly string[]): E2eOptions | 'help' {
  const { values, positionals } = parseStrictly(args);
  if (values.help === true) return 'help';
  const verb = verbs.find((name) => name === positionals[0]);
  if (verb === undefined || positionals.length > 1) throw invalid(`"${positionals.join(' ')}" is no verb`);
  return { verb, json: values.json === true, only: values.only ?? [], isFresh: values.fresh === true };
}

function parseStrictly(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        only: { type: 'string', multiple: true },
        fresh: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
  } catch (thrown) {
    throw invalid(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

function invalid(facts: string): AppError {
  return new AppError('CLUSTER_OPTIONS_INVALID', facts, { family: 'user', remedy: 'See pnpm e2e --help.' });
}
