import { type Command, Option } from 'commander';
import type { Io } from './io.ts';
import { addApiOptions, addRangeOptions, repeat, type ApiOptionValues } from './verb-options.ts';
import { shells } from './completion/shells.ts';
import { topViews } from './top-views.ts';
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
  addView(program, io, done);
  addTop(program, io, done);
  addMap(program, io, done);
  addStatus(program, io, done);
  addSql(program, io, done);
  addPromql(program, io, done);
  addCompletion(program, io, done);
}

function addView(program: Command, io: () => Io, done: (exitCode: number) => void): void {
  const command = addApiOptions(addRangeOptions(program.command('view').summary('any view by its name')));
  command
    .description(
      'Show any view: its columns as far as the terminal reaches, all of them with --wide or --json.',
    )
    .argument('<name>', 'its name; for one that is not known the answer names them all')
    .option('--param <name=value>', 'parameter of the view; repeatable', repeat);
  addExamples(command, [
    'tomte view endpoints --where service_name=cart',
    'tomte view requests-over-time --param by=service --param step=1m --since 1h',
    'tomte view deploy-comparison --param at=-20m --since 40m',
  ]);
  command.action(async (name: string, values: Record<string, unknown>) => {
    const { runView } = await import('./run-view.ts');
    done(await runView(name, values, io()));
  });
}

function addTop(program: Command, io: () => Io, done: (exitCode: number) => void): void {
  const command = addApiOptions(
    addRangeOptions(program.command('top').summary('the busiest, again and again')),
  );
  command
    .description('Show what is asked most in the last minute, again and again on a terminal, once elsewhere.')
    .addOption(
      new Option('--by <what>', 'what is put in order').choices(Object.keys(topViews)).default('service'),
    )
    .option('--every <duration>', 'how often', '2s');
  addExamples(command, ['tomte top', 'tomte top --by endpoint --where service_name=cart']);
  command.action(async (values: Record<string, unknown>) => {
    const { runTop } = await import('./run-top.ts');
    done(await runTop(values, io()));
  });
}

function addMap(program: Command, io: () => Io, done: (exitCode: number) => void): void {
  const command = addApiOptions(addRangeOptions(program.command('map').summary('who asks whom')));
  command.description('Show the service map: each asker once, with those whom it asks.');
  addExamples(command, ['tomte map --since 1h', 'tomte map --where k8s_namespace_name=shop']);
  command.action(async (values: ApiOptionValues) => {
    const { runMap } = await import('./run-map.ts');
    done(await runMap(values, io()));
  });
}

function addCompletion(program: Command, io: () => Io, done: (exitCode: number) => void): void {
  const command = program.command('completion').summary('what a shell needs to complete words');
  command
    .description(
      'Print a script for bash, zsh or fish: the shell then completes verbs, options and names of views.',
    )
    .argument('<shell>', shells.join(', '));
  addExamples(command, [
    'eval "$(tomte completion bash)"',
    'eval "$(tomte completion zsh)"',
    'tomte completion fish > ~/.config/fish/completions/tomte.fish',
  ]);
  command.action(async (name: string) => {
    const { runCompletion } = await import('./completion/run-completion.ts');
    done(await runCompletion(name, program, io()));
  });
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

function addPromql(program: Command, io: () => Io, done: (exitCode: number) => void): void {
  const command = addApiOptions(program.command('promql').summary('ask with PromQL'));
  command
    .description(
      'Ask with PromQL, at one time or over a range; a table, or the answer in the form of Prometheus.',
    )
    .argument('<expression>', 'such as sum by (service_name) (rate(tomte_requests_total[5m]))')
    .option('--range <duration>', 'over the last 30m, 2h …, and not at one time')
    .option('--step <duration>', 'between two points of the range (default: some 60 points)')
    .option('--time <time>', 'the time, or the end of the range (default now)');
  addExamples(command, [
    "tomte promql 'sum by (service_name) (rate(tomte_requests_total[5m]))'",
    "tomte promql 'rate(tomte_lost_events_total[5m])' --range 1h --step 1m --json",
  ]);
  command.action(async (expression: string, values: ApiOptionValues) => {
    const { runPromql } = await import('./run-promql.ts');
    done(await runPromql(expression, values, io()));
  });
}

export function addExamples(command: Command, examples: readonly string[]): void {
  command.addHelpText('after', `\nExamples:\n${examples.map((line) => `  $ ${line}`).join('\n')}`);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
