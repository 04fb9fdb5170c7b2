import type { Command } from 'commander';
import { DEFAULT_URL } from './api-client.ts';

/** Options of every verb that asks the API. Commander's own name for each is in camel case. */
export interface ApiOptionValues {
  readonly url?: string;
  readonly token?: string;
  readonly json?: boolean;
}

export function addApiOptions(command: Command): Command {
  return command
    .option('--url <address>', `address of the API (TOMTE_URL; default ${DEFAULT_URL})`)
    .option('--token <text>', 'token of the API (TOMTE_TOKEN)')
    .option('--json', "the API's own answer");
}

/** Gathers the values of an option that may be given again. */
export const repeat = (text: string, others: readonly string[] = []): readonly string[] => [...others, text];

export interface RangeOptionValues {
  readonly since?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit?: string;
  readonly where?: readonly string[];
  readonly filter?: string;
  readonly wide?: boolean;
}

export function addRangeOptions(command: Command): Command {
  return command
    .option('--since <duration>', 'the last 30s, 15m, 2h, 7d (default 15m)')
    .option('--from <time>', 'start of the time range: RFC 3339, relative (-2h) or Unix time')
    .option('--to <time>', 'end of the time range (default now)')
    .option('--limit <rows>', 'rows at most')
    .option(
      '--where <filter>',
      'COLUMN=VALUE or COLUMN.OPERATOR=VALUE (ne in gt ge lt le prefix contains regex); repeatable',
      repeat,
    )
    .option('--filter <text>', 'condition in words: status_code >= 500 and path startswith "/cart"')
    .option('--wide', 'more columns');
}
