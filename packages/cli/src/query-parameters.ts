import { AppError } from '@tomte/kit';
import { parseTime } from '@tomte/query';
import type { Parameters } from './api-client.ts';
import type { RangeOptionValues } from './verb-options.ts';

/** What the options of every verb that shows a view say: range, limit and filters. */
export function queryParameters(options: RangeOptionValues, nowMs: number): Parameters {
  const { filter } = options;
  return [
    ...rangeParameters(options, nowMs),
    ...filterParameters(options),
    ...(filter === undefined ? [] : [['filter', filter] as const]),
  ];
}

function rangeParameters(options: RangeOptionValues, nowMs: number): Parameters {
  const { since, from, to, limit } = options;
  if (since !== undefined && from !== undefined) {
    throw new AppError('CLI_OPTION_CONFLICT', '--since and --from exclude one another', {
      family: 'user',
      remedy: 'Give one of them.',
    });
  }
  const start = since === undefined ? from : startOf(since);
  for (const time of [from, to]) if (time !== undefined) requireTime(time, nowMs);
  const given: readonly (readonly [string, string | undefined])[] = [
    ['from', start],
    ['to', to],
    ['limit', limit],
  ];
  return given.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}

/** `15m` → the relative time `-15m`. */
function startOf(since: string): string {
  const [, length] = /^-?(\d{1,9}(?:ms|s|m|h|d))$/.exec(since) ?? [];
  if (length !== undefined) return `-${length}`;
  throw new AppError('CLI_SINCE_INVALID', `--since ${JSON.stringify(since)} is no length of time`, {
    family: 'user',
    remedy: 'Write one such as 30s, 15m, 2h or 7d, or give --from a time.',
  });
}

/** Judged before anything is asked; the API judges by the same rule. */
function requireTime(text: string, nowMs: number): void {
  const time = parseTime(text, BigInt(nowMs) * 1_000_000n);
  if (!time.ok) throw time.error;
}

function filterParameters({ where = [] }: RangeOptionValues): Parameters {
  return where.map((text) => {
    const [, name, value] = /^((?:[^=[\]]|\[[^\]]*\])+)=(.*)$/s.exec(text) ?? [];
    if (name !== undefined && value !== undefined) return [name, value] as const;
    throw new AppError('CLI_FILTER_INVALID', `${JSON.stringify(text)} is no filter`, {
      family: 'user',
      remedy: 'Write COLUMN=VALUE or COLUMN.OPERATOR=VALUE, such as status_code.ge=500.',
    });
  });
}
