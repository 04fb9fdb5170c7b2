import { COUNTED_IN_KERNEL } from '@tomte/model';
import type { Statement } from './request-by-id.ts';
import { SqlParams } from './sql-params.ts';
import type { TimeRange } from './time-range.ts';

/** What was lost in the range, by reason; a loss counts when any part of its time lies in the range. */
export function compileLostInRange(range: TimeRange): Statement {
  const params = new SqlParams();
  const isAccount = `r.detail = '${COUNTED_IN_KERNEL}'`;
  // Where the kernel has counted, the rows that say where it was are not counted again.
  const counted = (column: string): string =>
    `if(countIf(${isAccount}) > 0, sumIf(r.${column}, ${isAccount}), sum(r.${column}))`;
  const sql = [
    'SELECT',
    '  a.reason AS reason,',
    '  a.source AS source,',
    '  sum(a.events) AS events,',
    '  sum(a.bytes) AS bytes,',
    '  sum(a.unknown_count) AS unknown_count,',
    '  min(a.from) AS from,',
    '  max(a.to) AS to',
    'FROM (',
    '  SELECT',
    '    r.reason AS reason,',
    '    r.source AS source,',
    `    ${counted('events')} AS events,`,
    `    ${counted('bytes')} AS bytes,`,
    '    countIf(r.events IS NULL) AS unknown_count,',
    '    min(r.start_time) AS from,',
    '    max(r.end_time) AS to',
    '  FROM loss AS r',
    `  WHERE r.start_time < ${params.time(range.toNs)}`,
    `    AND r.end_time >= ${params.time(range.fromNs)}`,
    '  GROUP BY r.reason, r.source, r.agent_id',
    ') AS a',
    'GROUP BY reason, source',
    'ORDER BY reason, source',
    'LIMIT 1000',
  ].join('\n');
  return { sql, params: params.values };
}

/** The agents that spoke in the range, and what each still had in its spool when it last did. */
export function compileAgentsInRange(range: TimeRange): Statement {
  const params = new SqlParams();
  const sql = [
    'SELECT',
    '  r.agent_id AS agent_id,',
    '  r.host_name AS host_name,',
    '  r.time AS last_time,',
    '  r.governor_step AS governor_step,',
    '  r.spool_batches AS pending_batches',
    'FROM agent_status AS r',
    `WHERE r.time >= ${params.time(range.fromNs)}`,
    `  AND r.time < ${params.time(range.toNs)}`,
    'ORDER BY r.agent_id, r.time DESC',
    'LIMIT 1 BY r.agent_id',
    'LIMIT 10000',
  ].join('\n');
  return { sql, params: params.values };
}
