import { AppError } from '@tomte/kit';

/** What can be wrong with a question. Each is the asker's to mend. */
export const queryErrorCodes = [
  'QUERY_COLUMN_UNKNOWN',
  'QUERY_CURSOR_INVALID',
  'QUERY_FILTER_LIMIT',
  'QUERY_FILTER_SYNTAX',
  'QUERY_ID_INVALID',
  'QUERY_LIMIT_INVALID',
  'QUERY_OPERATOR_INVALID',
  'QUERY_PARAM_INVALID',
  'QUERY_PARAM_REPEATED',
  'QUERY_RANGE_INVALID',
  'QUERY_TIME_INVALID',
  'QUERY_VALUE_INVALID',
  'QUERY_VIEW_UNKNOWN',
] as const;
export type QueryErrorCode = (typeof queryErrorCodes)[number];

export function queryError(code: QueryErrorCode, facts: string, remedy: string): AppError {
  return new AppError(code, facts, { family: 'user', remedy });
}

/** Text of the asker inside of a message: control characters out, cut. */
export function quoted(text: string): string {
  const shown = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
  return JSON.stringify(shown);
}
const SHOWN_CHARACTERS = 80;
