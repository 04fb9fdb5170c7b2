import { AppError, type AppErrorOptions } from '@tomte/kit';
import { PositionedError } from '@tomte/query';
import { StoreError } from '@tomte/store';

/** HTTP status of each code; all others go by their family (user 400, operational 503, unexpected 500). */
const statusOfCode: Readonly<Record<string, number>> = {
  API_TOKEN_MISSING: 401,
  API_TOKEN_WRONG: 401,
  API_HOST_REFUSED: 403,
  API_ORIGIN_REFUSED: 403,
  API_CLUSTER_READER_NEEDED: 403,
  API_NOTHING_VISIBLE: 403,
  STORE_ACCESS_DENIED: 403,
  STORE_FUNCTION_REFUSED: 403,
  STORE_READ_ONLY: 403,
  STORE_NO_READER: 503,
  API_ROUTE_UNKNOWN: 404,
  API_REQUEST_UNKNOWN: 404,
  QUERY_VIEW_UNKNOWN: 404,
  API_BODY_TOO_LARGE: 413,
  API_BODY_TYPE: 415,
  API_CLIENT_GONE: 499,
  API_INTERNAL: 500,
  API_BUSY: 503,
  API_QUERY_TIMEOUT: 504,
};

export function apiError(code: string, facts: string, options: AppErrorOptions = {}): AppError {
  return new AppError(code, facts, options);
}

export function statusOf(error: AppError): number {
  const known = Object.hasOwn(statusOfCode, error.code) ? statusOfCode[error.code] : undefined;
  if (known !== undefined) return known;
  if (error.family === 'user') return 400;
  return error.family === 'operational' ? 503 : 500;
}

/** RFC 9457, with the code and remedy as extension members. `cause` stays here. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly remedy?: string;
  /** Where the fault lies in the SQL or the filter, from 1. */
  readonly position?: { readonly line: number; readonly column: number };
}

const titles: Readonly<Record<number, string>> = {
  400: 'The question cannot be answered as it stands',
  401: 'A token is needed',
  403: 'Refused',
  404: 'Not found',
  413: 'Too large',
  415: 'Wrong type of body',
  499: 'The client went away',
  500: 'A defect of the server',
  503: 'Not available now',
  504: 'Took too long',
};

export function toProblem(error: AppError): Problem {
  const status = statusOf(error);
  const problem = {
    type: `urn:tomte:error:${error.code}`,
    title: titles[status] ?? 'Error',
    status,
    detail: status === 500 ? 'The server met a defect of its own; its log says more.' : error.message,
    code: error.code,
  };
  const remedy = error.remedy === undefined ? {} : { remedy: error.remedy };
  const hasPlace = error instanceof StoreError || error instanceof PositionedError;
  const position = hasPlace && error.position !== undefined ? { position: error.position } : {};
  return { ...problem, ...remedy, ...position };
}
