import { AppError } from '@tomte/kit';

export const promqlErrorCodes = [
  'PROMQL_PARSE',
  'PROMQL_PARAMETER',
  'PROMQL_EXECUTION',
  'PROMQL_NOT_SUPPORTED',
  'PROMQL_LIMIT',
] as const;
export type PromqlErrorCode = (typeof promqlErrorCodes)[number];

export function promqlError(code: PromqlErrorCode, facts: string, remedy?: string): AppError {
  return new AppError(code, facts, { family: 'user', ...(remedy === undefined ? {} : { remedy }) });
}

/** A place in the text as `line:column`, both from 1. */
export function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return `${line}:${offset - before.lastIndexOf('\n')}`;
}

export function parseError(text: string, offset: number, facts: string): AppError {
  return promqlError('PROMQL_PARSE', `${placeOf(text, offset)}: parse error: ${facts}`);
}

export function executionError(facts: string): AppError {
  return promqlError('PROMQL_EXECUTION', facts);
}

/** `what` says the bound with its unit. */
export function limitError(what: string): AppError {
  return promqlError('PROMQL_LIMIT', what, 'Narrow the selectors or the time range, or take a longer step.');
}
