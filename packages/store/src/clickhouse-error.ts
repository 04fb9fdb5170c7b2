import { ClickHouseError } from '@clickhouse/client';
import { StoreError } from './errors.ts';
import type { SqlPosition, StoreErrorCode } from './errors.ts';

/** ClickHouse's numbers (src/Common/ErrorCodes.cpp) that mean more than "failed". */
const codeOfNumber: Readonly<Record<number, StoreErrorCode>> = {
  6: 'STORE_PARAMETER_INVALID',
  36: 'STORE_SQL_INVALID',
  38: 'STORE_PARAMETER_INVALID',
  41: 'STORE_PARAMETER_INVALID',
  42: 'STORE_SQL_INVALID',
  43: 'STORE_SQL_INVALID',
  46: 'STORE_SQL_INVALID',
  47: 'STORE_SQL_INVALID',
  53: 'STORE_SQL_INVALID',
  60: 'STORE_SQL_INVALID',
  62: 'STORE_SQL_SYNTAX',
  72: 'STORE_PARAMETER_INVALID',
  81: 'STORE_SQL_INVALID',
  158: 'STORE_LIMIT_EXCEEDED',
  159: 'STORE_LIMIT_EXCEEDED',
  160: 'STORE_LIMIT_EXCEEDED',
  164: 'STORE_READ_ONLY',
  184: 'STORE_SQL_INVALID',
  202: 'STORE_LIMIT_EXCEEDED',
  215: 'STORE_SQL_INVALID',
  241: 'STORE_LIMIT_EXCEEDED',
  288: 'STORE_SQL_INVALID',
  306: 'STORE_LIMIT_EXCEEDED',
  307: 'STORE_LIMIT_EXCEEDED',
  386: 'STORE_SQL_INVALID',
  394: 'STORE_QUERY_CANCELLED',
  396: 'STORE_LIMIT_EXCEEDED',
  427: 'STORE_PARAMETER_INVALID',
  452: 'STORE_READ_ONLY',
  456: 'STORE_PARAMETER_INVALID',
  457: 'STORE_PARAMETER_INVALID',
  497: 'STORE_ACCESS_DENIED',
  516: 'STORE_ACCESS_DENIED',
};

/** The server counts bytes of the text that the client has trimmed; people count lines and characters of their own. */
function positionOf(message: string, sql: string): SqlPosition | undefined {
  const found = /failed at position (\d+)/.exec(message);
  if (found === null) return undefined;
  const start = sql.length - sql.trimStart().length;
  const asked = Buffer.from(sql.slice(start).trimEnd());
  const before = sql.slice(0, start) + asked.subarray(0, Number(found[1]) - 1).toString('utf8');
  const lines = before.split('\n');
  return { line: lines.length, column: [...(lines.at(-1) ?? '')].length + 1 };
}

/** The server's sentence without its version, stack and the list of tokens that it expected. */
function toFacts(message: string): string {
  const sentence = message.split(/\. Expected one of:|\. \(|\n/)[0] ?? message;
  return sentence.slice(0, 500).replace(/[\s.:]+$/, '');
}

/** The error of a statement, with its place in the text as it was asked. */
export function toStatementError(thrown: unknown, sql: string): StoreError {
  const error = toStoreError(thrown);
  const position = thrown instanceof ClickHouseError ? positionOf(thrown.message, sql) : undefined;
  if (position === undefined) return error;
  const { clickhouseCode } = error;
  return new StoreError(error.code, error.message, {
    cause: error.cause,
    position,
    ...(clickhouseCode === undefined ? {} : { clickhouseCode }),
  });
}

function fromServer(error: ClickHouseError): StoreError {
  const number = Number(error.code);
  const code = codeOfNumber[number] ?? 'STORE_QUERY_FAILED';
  return new StoreError(code, toFacts(error.message), { cause: error, clickhouseCode: number });
}

/** The single doorway for errors of the client and of the server. */
export function toStoreError(thrown: unknown): StoreError {
  if (thrown instanceof StoreError) return thrown;
  if (thrown instanceof ClickHouseError) return fromServer(thrown);
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (error.name === 'AbortError' || /user aborted/i.test(error.message)) {
    return new StoreError('STORE_QUERY_CANCELLED', 'the question was taken back', { cause: thrown });
  }
  return new StoreError('STORE_UNREACHABLE', error.message, { cause: thrown });
}

/** ClickHouse's number of an error, or undefined when it came from elsewhere. */
export function clickhouseNumber(thrown: unknown): number | undefined {
  if (thrown instanceof StoreError) return thrown.clickhouseCode;
  return thrown instanceof ClickHouseError ? Number(thrown.code) : undefined;
}
