import { metrics, type MetricFamily } from '../../packages/query/src/index.ts';
import { headerLine } from './generator.ts';
import type { Generator } from './generator.ts';

const PAGE = 'docs/reference/metrics.md';

const kinds: Readonly<Record<MetricFamily['kind'], string>> = {
  accumulated: 'Counted from the start of each hour (UTC).',
  latest: 'The last value within a step of the grid.',
  presence: '1, or 0 for an hour after the last word.',
};

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function section({ name, type, unit, help, kind, labels, record }: MetricFamily): readonly string[] {
  const parts = type === 'histogram' ? ` As \`${name}_bucket\`, \`_sum\` and \`_count\`.` : '';
  const rows = Object.entries(labels).map(([label, { meaning }]) => `| \`${label}\` | ${cell(meaning)} |`);
  const le = '| `le` | Upper bound of a bucket, in seconds; of `_bucket` alone. |';
  const from = `From [${record.table}](records/${record.table}.md).`;
  return [
    `## ${name}`,
    '',
    `A ${type}${unit === '' ? '' : `, in ${unit}`}. ${help}${parts} ${kinds[kind]} ${from}`,
    '',
    '| label | meaning |',
    '|---|---|',
    ...rows,
    ...(type === 'histogram' ? [le] : []),
    '',
  ];
}

/** The reference of metrics, from their definitions. */
export const metricDocsGenerator: Generator = {
  name: 'metric-docs',
  outputs() {
    const text = [
      headerLine('<!--', 'metric-docs'),
      '# Metrics',
      '',
      'What [PromQL](../guide/query-with-promql.md) can ask for. Metrics of the agents and of loss are there for readers of all',
      'namespaces.',
      '',
      ...metrics.flatMap(section),
    ].join('\n');
    return new Map([[PAGE, text]]);
  },
};
