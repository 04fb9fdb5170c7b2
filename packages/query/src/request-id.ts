import { type AppError, fail, type Outcome, succeed } from '@tomte/kit';
import { queryError, quoted } from './query-error.ts';
import type { KeyPart } from './view.ts';

/**
 * A stored request's name. The time finds its partition and marks, the spool its agent; connection
 * and index name the exchange, the role the side. Opaque to askers: `time-spool-connection-index-role`,
 * all but the role in hexadecimal.
 */
export interface RequestId {
  readonly startNs: bigint;
  readonly spoolId: bigint;
  readonly connectionId: bigint;
  readonly exchangeIndex: bigint;
  /** Stored number of the role: 0 unknown, 1 client, 2 server. */
  readonly roleNumber: number;
}

/** The same text, computed by ClickHouse. */
export const requestIdSql =
  "lower(concat(hex(toUnixTimestamp64Nano(r.start_time)), '-', hex(r.spool_id), '-', hex(r.connection_id), '-', " +
  "hex(r.exchange_index), '-', toString(CAST(r.role, 'Int8')))) AS id";

/** What orders requests: the parts of the id. */
export const requestKey: readonly KeyPart[] = [
  { sql: 'toUnixTimestamp64Nano(r.start_time)', type: 'Int64' },
  { sql: 'r.spool_id', type: 'UInt64' },
  { sql: 'r.connection_id', type: 'UInt64' },
  { sql: 'r.exchange_index', type: 'UInt64' },
  { sql: "CAST(r.role, 'Int8')", type: 'Int64' },
];

/** The first part stays within Int64. */
const REQUEST_ID =
  /^((?:[0-7]?[0-9a-f]{15})|[0-9a-f]{1,14})-([0-9a-f]{1,16})-([0-9a-f]{1,16})-([0-9a-f]{1,8})-([0-2])$/;

export function parseRequestId(text: string): Outcome<RequestId, AppError> {
  const match = REQUEST_ID.exec(text);
  if (match === null) {
    const facts = `${quoted(text)} is no id of a request`;
    return fail(queryError('QUERY_ID_INVALID', facts, 'Take the id of a row of /api/v1/requests.'));
  }
  const [, start = '0', spool = '0', connection = '0', index = '0', role = '0'] = match;
  const [startNs = 0n, spoolId = 0n, connectionId = 0n, exchangeIndex = 0n] = [
    start,
    spool,
    connection,
    index,
  ].map((digits) => BigInt(`0x${digits}`));
  return succeed({ startNs, spoolId, connectionId, exchangeIndex, roleNumber: Number(role) });
}
