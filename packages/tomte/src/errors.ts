import { AppError, type AppErrorOptions } from '@tomte/kit';

/** An error that the user can mend. */
export function userError(code: string, facts: string, remedy: string): AppError {
  return new AppError(code, facts, { family: 'user', remedy });
}

export function operationalError(code: string, facts: string, options: AppErrorOptions = {}): AppError {
  return new AppError(code, facts, { ...options, family: 'operational' });
}
