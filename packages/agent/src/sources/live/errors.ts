import { AppError } from '@tomte/kit';

const codes = {
  LIVE_NO_SUCH_TARGET: { family: 'user', remedy: 'Name a running process, a cgroup or an executable.' },
  LIVE_TOO_MANY_CGROUPS: { family: 'user', remedy: 'Name a common parent instead.' },
  LIVE_NOTHING_ATTACHED: {
    family: 'operational',
    remedy: 'Run `tomte doctor` to see each probe and why it failed.',
  },
} as const;

export type LiveErrorCode = keyof typeof codes;

export function liveError(code: LiveErrorCode, facts: string): AppError {
  return new AppError(code, facts, codes[code]);
}
