import type { Command } from 'commander';
import type { Io } from './io.ts';
import { addApiOptions, addRangeOptions, repeat, type ApiOptionValues } from './verb-options.ts';
import { viewVerbs } from './view-verbs.ts';

/**
 * Adds every verb that asks the API. What a verb does is imported when it runs. `done` takes its exit code.
 */
export function addApiVerbs(program: Command, io: () => Io, done: (exitCode: number) => void): void {
  for (const verb of viewVerbs) {
    const command = addApiOptions(addRangeOptions(program.command(verb.name).summary(verb.summary)));
    command.description(`${capital(verb.summary)}.`);
    for (const option of verb.options) command.option(option.flags, option.meaning);
    if (verb.canFollow === true) command.option('-F, --follow', 'go on and print new rows, each once');
    addExamples(command, verb.examples);
    command.action(async (values: Record<string, unknown>) => {
      const { runViewVerb } = await import('./run-view-verb.ts');
      done(await runViewVerb(verb, values, io()));
    });
  }
  addStatus(program, io, done);
  addSql(program, io, done);
}

function addStatus(program: Command, io: () => Io, done: (exitCode: number) => void): void {
  const command = addApiOptions(
    program.command('status').summary('whether all parts work, and what was lost'),
  );
  command.description(
    'Whether the API and the store answer, which agents watch, and what was lost in 15 minutes.',
  );
  addExamples(command, ['tomte status', 'tomte status --json']);
  command.action(async (values: ApiOptionValues) => {
    const { runStatus } = await import('./run-status.ts');
    done(await runStatus(values, io()));
  });
}

function addSql(program: Command, io: () => Io, done: (exitCode: number) => void): void {
  const command = addApiOptions(program.command('sql').summary('ask by read-only SQL of ClickHouse'));
  command
    .description('Run one read-only statement; `-` reads it from standard input.')
    .argument('<statement>', 'SELECT …, or - for standard input')
    .option('--param <name=value>', 'value of {name:Type} in the statement; repeatable', repeat)
    .option('--limit <rows>', 'rows of the result at most; more is an error')
    .option('--format <name>', 'table, json, csv or jsonl', 'table');
  addExamples(command, [
    'tomte sql "SELECT path, count() FROM requests GROUP BY path ORDER BY 2 DESC LIMIT 10"',
    "tomte sql 'SELECT count() FROM requests WHERE service_name = {name:String}' --param name=nginx",
    'tomte sql - --format csv < question.sql',
  ]);
  command.action(async (statement: string, values: ApiOptionValues) => {
    const { runSql } = await import('./run-sql.ts');
    done(await runSql(statement, values, io()));
  });
}

export function addExamples(command: Command, examples: readonly string[]): void {
  command.addHelpText('after', `\nExamples:\n${examples.map((line) => `  $ ${line}`).join('\n')}`);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
