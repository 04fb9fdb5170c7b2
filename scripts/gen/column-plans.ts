import { createHash } from 'node:crypto';
import { records } from '../../packages/model/src/index.ts';
import type { AnyRecord } from '../../packages/model/src/index.ts';
import { blockType } from './clickhouse-type.ts';
import { headerLine } from './generator.ts';
import type { Generator } from './generator.ts';

const PATH = 'packages/wire/src/gen/column-plans.ts';

function columnLines(record: AnyRecord): string[] {
  return Object.entries(record.columns).map(([name, column]) => {
    const values =
      column.values === undefined
        ? ''
        : `, values: [${column.values.map((value) => `'${value}'`).join(', ')}]`;
    const computed = column.computed === undefined ? '' : ', isComputed: true';
    return `      { name: '${name}', type: '${blockType(column)}'${values}${computed} },`;
  });
}

/** What both ends must agree on: order, names and types of the columns, and the names of enums. */
function canonical(record: AnyRecord): string {
  return [record.table, ...columnLines(record).map((line) => line.trim())].join('\n');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function planLines(record: AnyRecord): string[] {
  return [
    `  ${record.table}: {`,
    `    table: '${record.table}',`,
    `    timeColumn: '${record.timeColumn}',`,
    `    hash: '${sha256(canonical(record))}',`,
    '    columns: [',
    ...columnLines(record),
    '    ],',
    '  },',
  ];
}

export const columnPlansGenerator: Generator = {
  name: 'column-plans',
  outputs() {
    const all: AnyRecord[] = Object.values(records);
    const lines = [
      headerLine('//', 'column-plans'),
      '',
      "/** The columns of each table's Native blocks, in their order. */",
      'export const columnPlans = {',
      ...all.flatMap(planLines),
      '} as const;',
      '',
      '/** SHA-256 of all plans: agent and collector compare it when they meet. */',
      `export const schemaHash = '${sha256(all.map(canonical).join('\n\n'))}';`,
      '',
    ];
    return new Map([[PATH, lines.join('\n')]]);
  },
};
