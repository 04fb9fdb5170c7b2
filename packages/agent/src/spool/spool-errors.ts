import { AppError } from '@tomte/kit';

/** Errors of the spool that a person can meet. */
export const spoolErrors = {
  locked: (path: string) =>
    new AppError('SPOOL_LOCKED', `another agent uses the spool ${path}`, {
      family: 'user',
      remedy: 'Stop that agent, or give each agent a directory of its own.',
    }),
  lockUnavailable: (path: string, cause: unknown) =>
    new AppError('SPOOL_LOCK_UNAVAILABLE', `the spool ${path} cannot be locked`, {
      cause,
      remedy: 'Install util-linux, which has the command flock.',
    }),
  unusable: (path: string, cause: unknown) =>
    new AppError('SPOOL_UNUSABLE', `the directory ${path} cannot be written`, {
      cause,
      remedy: 'Check its permissions and that its disk is mounted read-write.',
    }),
  outOfOrder: (seq: number, expected: number) =>
    new AppError('SPOOL_OUT_OF_ORDER', `batch ${seq} was appended where ${expected} is next`, {
      family: 'unexpected',
    }),
} as const;
