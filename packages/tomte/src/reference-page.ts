import type { Command } from 'commander';

/** docs/reference/cli.md, from the definitions that the command itself has. */
export function renderReferencePage(program: Command): string {
  const verbs = program.commands.filter((command) => command.name() !== 'help');
  return [
    '# Command line',
    '',
    'Made from the definitions by `pnpm vitest run packages/tomte -u`. Do not edit.',
    '',
    "stdout is data, stderr is talk. `--json` gives the API's own answer. Errors are one line, `CODE: facts. Remedy.`;",
    'each code stands in [errors](errors.md).',
    '',
    '| exit code | meaning |',
    '|---|---|',
    '| 0 | done |',
    '| 1 | the surroundings failed: nothing answers, a disk is full; `status` and `doctor`: not well |',
    '| 2 | the input is wrong: a flag, a file, a question |',
    '| 70 | a defect of Tomte, to be reported |',
    '| 130 | ended by Ctrl-C before it was done; what runs until Ctrl-C ends with 0 |',
    '',
    '| environment | meaning |',
    '|---|---|',
    '| `TOMTE_URL`, `TOMTE_TOKEN` | the API to ask, as `--url` and `--token` |',
    '| `TOMTE_CLICKHOUSE_URL`, `_USER`, `_PASSWORD`, `_DATABASE` | an external ClickHouse |',
    '| `TOMTE_CLICKHOUSE_CLUSTER` | its tables are spread over the shards of this cluster of servers, and replicated within each |',
    '| `TOMTE_CLICKHOUSE_READER_USER`, `_READER_PASSWORD` | its read-only user, for `tomte sql` |',
    "| `TOMTE_CLICKHOUSE_TENANT_PASSWORD` | of its tenants' users, where they are not the embedded one's: [who sees what](../guide/who-sees-what.md) |",
    '| `NO_COLOR` | no colours |',
    '',
    ...verbs.flatMap(renderVerb),
  ].join('\n');
}

function renderVerb(command: Command): readonly string[] {
  const usage = [
    command.name(),
    ...command.registeredArguments.map((one) => `<${one.name()}>`),
    '[options]',
  ].join(' ');
  const rows = command.options.map((option) => {
    const standard = typeof option.defaultValue === 'string' ? ` (default \`${option.defaultValue}\`)` : '';
    return `| \`${option.flags.replaceAll('|', '\\|')}\` | ${option.description.replaceAll('|', '\\|')}${standard} |`;
  });
  const table = rows.length === 0 ? [] : ['| option | meaning |', '|---|---|', ...rows, ''];
  return [
    `## ${command.name()}`,
    '',
    command.description(),
    '',
    '```text',
    `tomte ${usage}`,
    '```',
    '',
    ...table,
    ...examplesOf(command),
  ];
}

function examplesOf(command: Command): readonly string[] {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  const [, examples] = text.split('\nExamples:\n');
  if (examples === undefined) return [];
  const lines = examples
    .trimEnd()
    .split('\n')
    .map((line) => line.trim().replace(/^\$ /, ''));
  return ['```sh', ...lines, '```', ''];
}
