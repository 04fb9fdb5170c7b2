/**
 * An exchange seen at both ends is two rows. The server's stands for it; the client's counts only
 * where there is none. Both ends see the first byte within moments of each other, while a key comes
 * back when the client's port is used again (a minute later, on loopback a second): so a pair must
 * also be near in time. What is nearer than the tolerance is one request; what is farther apart than
 * three times it is two; between, it depends on where the bucket of ten seconds begins.
 */
export const pairToleranceSeconds = 5;
const BUCKET_SECONDS = 2 * pairToleranceSeconds;

/** A further condition on rows of requests that both ends of an exchange fulfil, or neither; by the row's alias. */
export type RowCondition = (row: string) => string;

export function andAlso(also: RowCondition | undefined, row: string): string {
  return also === undefined ? '' : ` AND ${also(row)}`;
}

/**
 * SQL: whether a row `r` of requests stands for its exchange. The same for every view and every rollup.
 *
 * A server's row is near to what begins in two neighbouring buckets of time. The set has the first of them, in one
 * number with its key, and is asked for a client's own bucket and the one before: 8 bytes a request and not 32.
 *
 * @param from expression, DateTime64(9): rows `r` begin here or later
 * @param to expression, DateTime64(9): and before this
 * @param also further on rows `s`
 */
export function countsOnce(from: string, to: string, also?: RowCondition): string {
  const tolerance = `toIntervalSecond(${pairToleranceSeconds})`;
  const bucket = (time: string): string => `intDiv(toUnixTimestamp64Second(${time}), ${BUCKET_SECONDS})`;
  const servers = [
    `      SELECT cityHash64(s.pair_key, ${bucket(`s.start_time - ${tolerance}`)})`,
    '      FROM requests AS s',
    `      WHERE s.start_time >= ${from} - ${tolerance}`,
    `        AND s.start_time < ${to} + ${tolerance}`,
    "        AND s.role = 'server'",
    `        AND s.pair_key != 0${andAlso(also, 's')}`,
  ];
  const isFree = (index: string): string[] => [
    `cityHash64(r.pair_key, ${index}) NOT IN (`,
    ...servers,
    '    )',
  ];
  return [
    "(r.role != 'client' OR r.pair_key = 0 OR (",
    ...isFree(bucket('r.start_time')),
    '    AND',
    ...isFree(`${bucket('r.start_time')} - 1`),
    '    ))',
  ].join('\n');
}

/** SQL: who was asked, from either end's row `r` of requests; its host or address where no name is known. */
export const askedService =
  "coalesce(nullIf(if(r.role = 'client', r.peer_service_name, r.service_name), ''), nullIf(r.host, ''), " +
  "concat(replaceOne(toString(r.server_address), '::ffff:', ''), ':', toString(r.server_port)))";

/** SQL: namespace of who was asked, from either end's row `r` of requests; empty when it is not known. */
export const askedNamespace = "if(r.role = 'client', r.peer_k8s_namespace_name, r.k8s_namespace_name)";

export interface ClientJoin {
  /** As in `countsOnce`. */
  readonly also?: RowCondition | undefined;
  /** Columns of `c` beside its service and namespace. */
  readonly columns?: readonly string[];
}

/**
 * SQL: a join that puts the client's row `c` of the same exchange beside each row `r` of requests: the nearest one
 * before, within the tolerance.
 *
 * @param from expression, DateTime64(9): rows `r` begin here or later
 * @param to expression, DateTime64(9): and before this
 */
export function clientJoin(from: string, to: string, { also, columns = [] }: ClientJoin = {}): string {
  const tolerance = `toIntervalSecond(${pairToleranceSeconds})`;
  const more = columns.map((name) => ` s.${name} AS ${name},`).join('');
  return [
    'ASOF LEFT JOIN (',
    `  SELECT s.pair_key AS pair_key, s.service_name AS service_name,${more}`,
    `    s.k8s_namespace_name AS k8s_namespace_name, s.start_time - ${tolerance} AS early`,
    '  FROM requests AS s',
    `  WHERE s.start_time >= ${from} - ${tolerance}`,
    `    AND s.start_time < ${to} + ${tolerance}`,
    "    AND s.role = 'client'",
    `    AND s.pair_key != 0${andAlso(also, 's')}`,
    ') AS c ON r.pair_key = c.pair_key AND r.start_time >= c.early',
  ].join('\n');
}

/** SQL: whether the row `c` beside `r` is of the same exchange, and not of an earlier use of the same port. */
const isClientNear = `c.early > r.start_time - toIntervalSecond(${2 * pairToleranceSeconds})`;

/**
 * SQL: who asked, from either end's row `r` of requests with the client's row `c` beside it: the client's own name
 * where its end was seen too, else what the server's agent knew. A client's port changes with each connection: its
 * address alone.
 */
export const askingService =
  `if(r.role = 'client', r.service_name, coalesce(if(${isClientNear}, nullIf(c.service_name, ''), NULL), ` +
  "nullIf(r.peer_service_name, ''), replaceOne(toString(r.client_address), '::ffff:', '')))";

/** SQL: namespace of who asked, as `askingService` finds it; empty when it is not known. */
export const askingNamespace = `if(r.role = 'client', r.k8s_namespace_name, if(${isClientNear}, c.k8s_namespace_name, r.peer_k8s_namespace_name))`;

/** SQL: whether the client's end of the exchange was observed, from either end's row `r` with the client's row `c` beside it. */
export const isClientObserved = `(r.role = 'client' OR ${isClientNear})`;

/** SQL: what stands in a column of the end that was asked, from either end's row `r` of requests. */
export function askedColumn(column: string): string {
  return `if(r.role = 'client', r.peer_${column}, r.${column})`;
}

/** SQL: the same of the end that asked, with the client's row `c` beside `r`, which has the column too. */
export function askingColumn(column: string): string {
  return `if(r.role = 'client', r.${column}, if(${isClientNear}, c.${column}, r.peer_${column}))`;
}
