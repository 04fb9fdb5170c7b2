import { storedRecords } from '../../packages/model/src/index.ts';
import type { AnyRecord, Column } from '../../packages/model/src/index.ts';
import { tableType } from './clickhouse-type.ts';
import { headerLine } from './generator.ts';
import type { Generator } from './generator.ts';

const FOLDER = 'docs/reference/records';

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function columnRow(name: string, column: Column): string {
  const cells = [
    `\`${name}\``,
    `\`${tableType(column)}\``,
    column.unit ?? '',
    cell(column.meaning),
    column.source,
    column.semantic,
    column.pii === 'possible' ? 'possible' : '',
    column.otel === undefined ? '' : `\`${column.otel}\``,
  ];
  return `| ${cells.join(' | ')} |`;
}

function keeping({ timeColumn, ttlDays, replacing, expiresWhere }: AnyRecord): string {
  const parts =
    replacing?.isByDay === false ? 'One partition' : `Partitioned by day of \`${timeColumn}\` (UTC)`;
  const written =
    replacing === undefined ? '' : ` The latest by \`${replacing.version}\` of each sorting key stays.`;
  const limit = expiresWhere === undefined ? '' : ` from \`${timeColumn}\` on, where \`${expiresWhere}\``;
  return `${parts}. Kept ${ttlDays} days by default${limit}.${written}`;
}

function recordPage(record: AnyRecord): string {
  return [
    headerLine('<!--', 'record-docs'),
    `# ${record.table}`,
    '',
    record.meaning,
    '',
    keeping(record),
    `Sorted by \`${record.orderBy.join(', ')}\`: ${record.orderByWhy}`,
    '',
    '| column | type | unit | meaning | source | semantic | personal | OpenTelemetry |',
    '|---|---|---|---|---|---|---|---|',
    ...Object.entries(record.columns).map(([name, column]) => columnRow(name, column)),
    '',
  ].join('\n');
}

function indexPage(all: readonly AnyRecord[]): string {
  const rows = all.map((record) => `| [${record.table}](${record.table}.md) | ${cell(record.meaning)} |`);
  return [
    headerLine('<!--', 'record-docs'),
    '# Records',
    '',
    '| table | one row is |',
    '|---|---|',
    ...rows,
    '',
  ].join('\n');
}

export const recordDocsGenerator: Generator = {
  name: 'record-docs',
  outputs() {
    const all: AnyRecord[] = Object.values(storedRecords);
    const pages = all.map((record): [string, string] => [`${FOLDER}/${record.table}.md`, recordPage(record)]);
    return new Map([[`${FOLDER}/README.md`, indexPage(all)], ...pages]);
  },
};
