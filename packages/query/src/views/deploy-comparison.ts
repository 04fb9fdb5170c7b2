import { learntPlaces, learntTemplate, requests as record, sketchLevels } from '@tomte/model';
import { defineView } from '../view.ts';
import { count, duration, ratio } from './columns.ts';
import { endpointRows, templatesOf } from './endpoint-rows.ts';
import { endpointColumns } from './endpoints.ts';

const groups = ['k8s_namespace_name', 'service_name', 'protocol', 'method', 'endpoint'];

/** The two times that are compared, and whether a row is of the later one. */
const times = [
  ['before', 'NOT r.is_after'],
  ['after', 'r.is_after'],
] as const;

export const deployComparison = defineView({
  name: 'deploy-comparison',
  title: 'Before and after',
  meaning:
    'An endpoint before and after a moment of the range, such as a deploy; the greatest change of errors or duration first.',
  record,
  params: {
    at: {
      type: 'time',
      default: '',
      meaning: 'The moment; left away, the middle of the range.',
    },
  },
  columns: {
    ...endpointColumns,
    before_request_count: count('Requests before the moment, each counted once.'),
    after_request_count: count('Requests from then on.'),
    before_requests_per_second: count('Requests by seconds of the time before.'),
    after_requests_per_second: count('Requests by seconds of the time after.'),
    before_error_ratio: ratio('Errors by requests before; null without requests.'),
    after_error_ratio: ratio('Errors by requests after; null without requests.'),
    before_duration_p50_ns: duration('Median before.'),
    after_duration_p50_ns: duration('Median after.'),
    before_duration_p99_ns: duration('99 % were faster before.'),
    after_duration_p99_ns: duration('99 % were faster after.'),
    duration_p50_change: ratio('Median after by median before; null where one is not known.'),
    duration_p99_change: ratio('The same of the 99th percentile.'),
    error_ratio_change: ratio('Error ratio after less that before; null where one is not known.'),
  },
  chart: { kind: 'bars', label: 'endpoint', value: 'duration_p99_change' },
  links: [
    {
      column: 'endpoint',
      view: 'slow-requests',
      title: 'Slow requests of the service',
      parameters: { service_name: 'service_name', method: 'method' },
    },
  ],
  defaultLimitRows: 1_000,
  maxLimitRows: 10_000,
  sql(input) {
    const { range, params, values, fetchRows } = input;
    const middle = (range.fromNs + range.toNs) / 2n;
    const asked = values.at === '' ? middle : BigInt(values.at);
    const at = asked <= range.fromNs || asked >= range.toNs ? middle : asked;
    const seconds = {
      before: params.add(Number(at - range.fromNs) / 1e9, 'Float64'),
      after: params.add(Number(range.toNs - at) / 1e9, 'Float64'),
    };
    const each = (of: (name: 'before' | 'after', isIn: string) => string): readonly string[] =>
      times.map(([name, isIn]) => of(name, isIn));
    const quantile = (index: number, level: string) =>
      each(
        (name, isIn) =>
          `if(sumIf(r.sample_count, ${isIn}) = 0, NULL, toUInt64(quantilesDDMergeIf(${sketchLevels})(r.duration_sketch, ${isIn})[${index}])) AS ${name}_duration_${level}_ns`,
      );
    const select = [
      'r.service_namespace_name AS k8s_namespace_name',
      'r.service_name AS service_name',
      'r.protocol AS protocol',
      'r.method AS method',
      'r.template AS endpoint',
      ...each((name, isIn) => `sumIf(r.request_count, ${isIn}) AS ${name}_request_count`),
      ...each(
        (name, isIn) => `sumIf(r.request_count, ${isIn}) / ${seconds[name]} AS ${name}_requests_per_second`,
      ),
      ...each(
        (name, isIn) =>
          `if(sumIf(r.request_count, ${isIn}) = 0, NULL, sumIf(r.error_count, ${isIn}) / sumIf(r.request_count, ${isIn})) AS ${name}_error_ratio`,
      ),
      ...quantile(1, 'p50'),
      ...quantile(4, 'p99'),
      'after_duration_p50_ns / nullIf(before_duration_p50_ns, 0) AS duration_p50_change',
      'after_duration_p99_ns / nullIf(before_duration_p99_ns, 0) AS duration_p99_change',
      'after_error_ratio - before_error_ratio AS error_ratio_change',
    ];
    return [
      `SELECT\n  ${select.join(',\n  ')}`,
      'FROM (',
      `SELECT e.* EXCEPT (template), ${learntTemplate} AS template`,
      `FROM (\n${endpointRows(input, [`r.start_time >= ${params.time(at)} AS is_after`])}\n) AS e`,
      learntPlaces(templatesOf(input)),
      ') AS r',
      `GROUP BY ${groups.join(', ')}`,
      `ORDER BY greatest(abs(ifNull(error_ratio_change, 0)), abs(log2(greatest(ifNull(duration_p99_change, 1), 0.001))) / 10) DESC, ${groups.join(', ')}`,
      `LIMIT ${params.add(fetchRows, 'UInt64')}`,
    ].join('\n');
  },
});
