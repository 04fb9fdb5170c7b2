import type { Row } from '../api/answer.ts';
import { formatBytes, formatCount, formatDuration, formatRate, formatRatio } from '../format/value.ts';

/** Rate, errors and durations of a row, large. */
export function RedTiles({ row }: { readonly row: Row }) {
  const duration = (name: string): string => (row[name] === null ? '–' : formatDuration(Number(row[name])));
  const count = (name: string): string => formatCount(Number(row[name]));
  const tiles = [
    ['Rate', formatRate(Number(row['requests_per_second'])), `${count('request_count')} requests`],
    [
      'Errors',
      formatRatio(Number(row['error_ratio'])),
      `${count('error_count')} failed, ${count('client_error_count')} were 4xx`,
    ],
    ['Median', duration('duration_p50_ns'), `p90 ${duration('duration_p90_ns')}`],
    ['p99', duration('duration_p99_ns'), `of ${count('duration_sample_count')} that were timed`],
    [
      'Received',
      formatBytes(Number(row['request_bytes'])),
      `answered ${formatBytes(Number(row['response_bytes']))}`,
    ],
  ];
  return (
    <dl class="tiles">
      {tiles.map(([title, value, more]) => (
        <div key={title} class={title === 'Errors' && Number(row['error_count']) > 0 ? 'bad' : undefined}>
          <dt>{title}</dt>
          <dd>
            <strong>{value}</strong>
            <span>{more}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
