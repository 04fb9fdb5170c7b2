import { bucketBoundsNs } from '@tomte/model';

/** SQL: how many durations lie between OpenTelemetry's boundaries; rows for which `counts` is not so, or null, count not. */
export function bucketCounts(duration: string, counts = `${duration} IS NOT NULL`): string {
  const each = [...bucketBoundsNs, Infinity].map((bound, index) => {
    const above = index === 0 ? '' : ` AND ${duration} > ${bucketBoundsNs[index - 1]}`;
    return `countIf(${counts}${above}${bound === Infinity ? '' : ` AND ${duration} <= ${bound}`})`;
  });
  return `[${each.join(', ')}]`;
}
