import type { Api } from '../../harness/api.ts';
import { until } from '../wait.ts';
import { type Groups, recompute } from './recompute.ts';

/** The rollup follows the rows by seconds, and a killed keeper begins again: looked at for so long. */
const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 1_000;

/** Compares service_1m with what its base rows come to in plain JavaScript. */
export async function findMinuteProblems(api: Api, signal: AbortSignal): Promise<readonly string[]> {
  const deadline = performance.now() + PATIENCE_MS;
  return until(
    'the rollup',
    signal,
    async () => {
      const problems = compare(await recompute(api), await readStored(api));
      return problems.length === 0 || performance.now() > deadline ? problems : undefined;
    },
    LOOK_EVERY_MS,
  );
}

function compare(expected: Groups, stored: Groups): string[] {
  const problems: string[] = [];
  for (const [group, sums] of expected)
    if (stored.get(group) !== sums)
      problems.push(`${group}: stored ${stored.get(group) ?? 'nothing'}, recomputed ${sums}`);
  for (const group of stored.keys()) if (!expected.has(group)) problems.push(`${group}: has no rows`);
  if (expected.size === 0) problems.push('there are no requests to recompute from');
  return problems;
}

async function readStored(api: Api): Promise<Groups> {
  const rows = await api.rows(
    `SELECT toUnixTimestamp(minute) AS minute, service_name, CAST(role, 'String') AS end, protocol, encrypted,
            k8s_namespace_name AS namespace, service_namespace_name AS service_namespace,
            toFloat64(request_count) AS requests,
            arrayMap(n -> toFloat64(n), [ok_count, client_error_count, server_error_count, not_observed_count,
              aborted_count, timed_out_count, error_count, partial_count, sample_count]) AS counts,
            toFloat64(duration_sum_ns) AS duration_sum, toFloat64(duration_max_ns) AS duration_max,
            arrayMap(n -> toFloat64(n), duration_buckets) AS buckets,
            toFloat64(request_bytes_sum) AS request_bytes, toFloat64(response_bytes_sum) AS response_bytes
     FROM service_1m ORDER BY minute`,
  );
  return new Map(
    rows.map((row) => [
      [row['minute'], row['service_name'], row['end'], row['protocol'], row['encrypted']]
        .concat([row['namespace'], row['service_namespace']])
        .join(' '),
      [row['requests'], row['counts'], row['duration_sum'], row['duration_max'], row['buckets']]
        .concat([row['request_bytes'], row['response_bytes']])
        .join(' '),
    ]),
  );
}
