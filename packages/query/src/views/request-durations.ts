import { bucketBoundsNs, requests as record } from '@tomte/model';
import { onceCondition } from '../once.ts';
import { defineView } from '../view.ts';
import { conditions, joinConditions } from '../where.ts';
import { count, duration } from './columns.ts';

const BOUNDS = `[${bucketBoundsNs.join(', ')}]`;

export const requestDurations = defineView({
  name: 'request-durations',
  title: 'Durations of requests',
  meaning:
    "Number of the requests whose duration lies between two of OpenTelemetry's default boundaries, over the time range.",
  record,
  params: {},
  columns: {
    lower_ns: duration('Longer than this.'),
    upper_ns: duration('And at most this; null for what is longer than every boundary.'),
    request_count: count('Requests with a known duration, each counted once.'),
  },
  chart: { kind: 'histogram', upper: 'upper_ns', value: 'request_count' },
  defaultLimitRows: 100,
  maxLimitRows: 10_000,
  sql({ params, range, filters, fetchRows }) {
    const where = [
      ...conditions(record, range, filters, params),
      'r.duration_ns IS NOT NULL',
      onceCondition(range, params),
    ];
    const bucket = `arrayFirstIndex(bound -> assumeNotNull(r.duration_ns) <= bound, ${BOUNDS})`;
    return [
      'SELECT',
      `  if(${bucket} = 1, 0, ${BOUNDS}[${bucket} - 1]) AS lower_ns,`,
      `  if(${bucket} = 0, NULL, ${BOUNDS}[${bucket}]) AS upper_ns,`,
      '  count() AS request_count',
      `FROM ${record.table} AS r`,
      `WHERE ${joinConditions(where)}`,
      'GROUP BY lower_ns, upper_ns',
      'ORDER BY lower_ns',
      `LIMIT ${params.add(fetchRows, 'UInt64')}`,
    ].join('\n');
  },
});
