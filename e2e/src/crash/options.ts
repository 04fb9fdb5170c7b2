import { parseArgs } from 'node:util';
import { AppError } from '@tomte/kit';

export type FeedName = 'recording' | 'live';

export interface CrashOptions {
  /** Over both feeds, half of them each. */
  readonly kills: number;
  readonly feeds: readonly FeedName[];
  readonly seed: number;
  readonly json: boolean;
  /** The folder of the run stays, to be looked into. */
  readonly keep: boolean;
  /** Runs itself once more with the presence check off, which must fail. */
  readonly hasCounterProof: boolean;
}

const MAX_KILLS = 100_000;
const MAX_SEED = 2 ** 32 - 1;

export const usage = `pnpm test:crash [--kills N] [--feed recording|live|both] [--seed N] [--json] [--keep] [--no-counter-proof]

Kills agent, collector and ClickHouse in turn under load, with SIGKILL, each time while a batch is sent and not
acknowledged; then compares what is stored with what was fsynced and with what the clients' logs say.
--keep leaves the folder of the run where its name is said: \`tomte up --no-agent --data FOLDER/live/data\` serves it.

Exit codes: 0 all passed, 1 a check failed or the surroundings did, 2 the input is wrong, 70 a defect of the test,
130 stopped by a signal.
`;

/** @throws AppError CRASH_OPTIONS_INVALID */
export function parseOptions(args: readonly string[]): CrashOptions | 'help' {
  const { values } = parseStrictly(args);
  if (values.help === true) return 'help';
  return {
    kills: parseWhole('--kills', values.kills ?? '30', MAX_KILLS),
    feeds: parseFeeds(values.feed ?? 'both'),
    seed: parseWhole('--seed', values.seed ?? '1', MAX_SEED),
    json: values.json === true,
    keep: values.keep === true,
    hasCounterProof: values['no-counter-proof'] !== true,
  };
}

function parseStrictly(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        kills: { type: 'string' },
        feed: { type: 'string' },
        seed: { type: 'string' },
        json: { type: 'boolean' },
        keep: { type: 'boolean' },
        help: { type: 'boolean' },
        'no-counter-proof': { type: 'boolean' },
      },
    });
  } catch (thrown) {
    throw invalid(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

function parseWhole(name: string, text: string, maximum: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= maximum) return value;
  throw invalid(`${name} ${text} is no whole number from 1 to ${maximum}`);
}

function parseFeeds(text: string): readonly FeedName[] {
  if (text === 'both') return ['recording', 'live'];
  if (text === 'recording' || text === 'live') return [text];
  throw invalid(`--feed ${text} is none of recording, live, both`);
}

function invalid(facts: string): AppError {
  return new AppError('CRASH_OPTIONS_INVALID', facts, {
    family: 'user',
    remedy: 'See pnpm test:crash --help.',
  });
}
