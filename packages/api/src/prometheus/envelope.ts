import type { AppError } from '@tomte/kit';
import { statusOf } from '../errors.ts';

/** Of Prometheus' API. */
export interface Success {
  readonly status: 'success';
  readonly data: unknown;
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
}

export interface Notes {
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

export function success(data: unknown, { warnings, infos }: Notes = { warnings: [], infos: [] }): Success {
  return {
    status: 'success',
    data,
    ...(warnings.length === 0 ? {} : { warnings }),
    ...(infos.length === 0 ? {} : { infos }),
  };
}

type ErrorType = 'bad_data' | 'execution' | 'timeout' | 'canceled' | 'unavailable' | 'internal' | 'not_found';

interface Failure {
  readonly httpStatus: number;
  readonly body: { readonly status: 'error'; readonly errorType: ErrorType; readonly error: string };
}

const typeOfCode: Readonly<Record<string, readonly [ErrorType, number]>> = {
  PROMQL_PARSE: ['bad_data', 400],
  PROMQL_PARAMETER: ['bad_data', 400],
  PROMQL_NOT_SUPPORTED: ['bad_data', 400],
  PROMQL_EXECUTION: ['execution', 422],
  PROMQL_LIMIT: ['execution', 422],
  STORE_LIMIT_EXCEEDED: ['execution', 422],
  API_QUERY_TIMEOUT: ['timeout', 503],
  API_CLIENT_GONE: ['canceled', 499],
};

/** An error in Prometheus' form, with the code and the remedy in its text. */
export function failure(error: AppError): Failure {
  const [errorType, httpStatus] = typeOfCode[error.code] ?? byStatus(statusOf(error));
  const text =
    errorType === 'internal' ? 'the server met a defect of its own; its log says more' : textOf(error);
  return { httpStatus, body: { status: 'error', errorType, error: text } };
}

function byStatus(status: number): readonly [ErrorType, number] {
  if (status === 503) return ['unavailable', 503];
  if (status === 404) return ['not_found', 404];
  return status < 500 ? ['bad_data', status] : ['internal', 500];
}

function textOf({ message, remedy, code }: AppError): string {
  return `${message}${remedy === undefined ? '' : `. ${remedy}`} (${code})`;
}
