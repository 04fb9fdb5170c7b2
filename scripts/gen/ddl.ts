import { storedRecords } from '../../packages/model/src/index.ts';
import type { AnyRecord } from '../../packages/model/src/index.ts';
import { createTable } from './clickhouse-type.ts';
import { headerLine } from './generator.ts';
import type { Generator } from './generator.ts';

const PATH = 'packages/store/src/gen/ddl.ts';

/** What the tables should look like now; the migrations lead there, and a test compares both. */
export const ddlGenerator: Generator = {
  name: 'ddl',
  outputs() {
    const entries = Object.values(storedRecords).map((record: AnyRecord) => {
      const text = createTable(record).replaceAll('\\', '\\\\').replaceAll('`', '\\`');
      return `  ${record.table}: \`${text}\`,`;
    });
    const lines = [
      headerLine('//', 'ddl'),
      "import type { StoredTableName } from '@tomte/model';",
      '',
      '/** CREATE TABLE of each base table, without its TTL. */',
      'export const createTableStatements: Readonly<Record<StoredTableName, string>> = {',
      ...entries,
      '};',
      '',
    ];
    return new Map([[PATH, lines.join('\n')]]);
  },
};
