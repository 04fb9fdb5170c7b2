import { userError } from '../errors.ts';

export const MAX_SECONDS = 3_600;

export function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds >= 1 && seconds <= MAX_SECONDS) return seconds;
  throw userError(
    'TOMTE_DEMO_SECONDS',
    `--seconds ${text} is not a number from 1 to ${MAX_SECONDS}`,
    'For example --seconds 20.',
  );
}
