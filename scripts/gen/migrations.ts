import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { storedRecords } from '../../packages/model/src/index.ts';
import type { AnyRecord } from '../../packages/model/src/index.ts';
import { columnDefinition, createTable } from './clickhouse-type.ts';
import { headerLine } from './generator.ts';
import type { Generator } from './generator.ts';

const FOLDER = 'packages/store/migrations';
const SHAPE_PATH = `${FOLDER}/shape.json`;
const root = join(import.meta.dirname, '../..');

/** Where the committed migrations lead: what the next draft starts from. */
interface TableShape {
  readonly partitionAndOrder: string;
  readonly columns: Readonly<Record<string, string>>;
  readonly indexes: readonly string[];
}
type Shape = Readonly<Record<string, TableShape>>;

function shapeOf(record: AnyRecord): TableShape {
  return {
    partitionAndOrder: `${record.timeColumn}; ${record.orderBy.join(', ')}`,
    columns: Object.fromEntries(
      Object.entries(record.columns).map(([name, column]) => [name, columnDefinition(name, column)]),
    ),
    indexes: record.indexes ?? [],
  };
}

function committedShape(): Shape {
  try {
    return JSON.parse(readFileSync(join(root, SHAPE_PATH), 'utf8')) as Shape; // Proof: only this file writes it.
  } catch {
    return {};
  }
}

function indexName(index: string): string {
  return index.split(' ')[1] ?? index;
}

const isComputed = (definition: string | undefined): boolean => definition?.includes(' ALIAS ') === true;

/** A column that is computed from now on cannot be modified into one: what was stored goes first. */
function replacedColumns(before: TableShape, after: TableShape): string[] {
  return Object.keys(after.columns).filter(
    (name) =>
      before.columns[name] !== undefined &&
      isComputed(before.columns[name]) !== isComputed(after.columns[name]),
  );
}

function columnChanges(before: TableShape, after: TableShape): string[] {
  const names = Object.keys(after.columns);
  const replaced = replacedColumns(before, after);
  const placed = names.flatMap((name, index) => {
    const definition = after.columns[name] ?? name;
    if (before.columns[name] === definition) return [];
    if (before.columns[name] !== undefined && !replaced.includes(name))
      return [`MODIFY COLUMN ${definition}`];
    return [`ADD COLUMN IF NOT EXISTS ${definition} ${index === 0 ? 'FIRST' : `AFTER ${names[index - 1]}`}`];
  });
  const gone = Object.keys(before.columns).filter((name) => after.columns[name] === undefined);
  return [...placed, ...gone.map((name) => `DROP COLUMN IF EXISTS ${name}`)];
}

function indexChanges(before: TableShape, after: TableShape): string[] {
  const dropped = before.indexes.filter((index) => !after.indexes.includes(index));
  const added = after.indexes.filter((index) => !before.indexes.includes(index));
  return [
    ...dropped.map((index) => `DROP INDEX IF EXISTS ${indexName(index)}`),
    ...added.map((index) => `ADD ${index}`),
  ];
}

function tableStatements(record: AnyRecord, before: TableShape | undefined): string[] {
  const after = shapeOf(record);
  if (before === undefined) return [createTable(record)];
  if (before.partitionAndOrder !== after.partitionAndOrder) {
    throw new Error(
      `${record.table}: the sorting key of a table that exists cannot change; write the migration by hand`,
    );
  }
  const dropped = replacedColumns(before, after).map((name) => `DROP COLUMN IF EXISTS ${name}`);
  const changes = [...columnChanges(before, after), ...indexChanges(before, after)];
  return [dropped, changes]
    .filter((list) => list.length > 0)
    .map((list) => `ALTER TABLE ${record.table}\n  ${list.join(',\n  ')}`);
}

/** Builds from before go on reading and writing what they know: what is new has a default. */
function onlyAdds(statement: string): boolean {
  const changes = statement.split('\n').slice(1);
  return statement.startsWith('ALTER') && changes.every((change) => /^ {2}ADD (?:COLUMN|INDEX)/.test(change));
}

function numberText(number: number): string {
  return String(number).padStart(4, '0');
}

function draftName(number: number, statements: readonly string[]): string {
  const isFirst = statements.every((statement) => statement.startsWith('CREATE'));
  return `${numberText(number)}_${isFirst ? 'create' : 'change'}_base_tables.sql`;
}

/** Drafts the next migration when the records' shape is no longer what the last one led to. */
export const migrationsGenerator: Generator = {
  name: 'migrations',
  outputs() {
    const before = committedShape();
    const all: AnyRecord[] = Object.values(storedRecords);
    const shape = Object.fromEntries(all.map((record) => [record.table, shapeOf(record)]));
    const statements = all.flatMap((record) => tableStatements(record, before[record.table]));
    const outputs = new Map([[SHAPE_PATH, `${JSON.stringify(shape, undefined, 1)}\n`]]);
    if (statements.length === 0) return outputs;
    const numbers = readdirSync(join(root, FOLDER)).map((name) => Number.parseInt(name, 10) || 0);
    const name = draftName(Math.max(0, ...numbers) + 1, statements);
    const header = [
      headerLine('--', 'migrations').replace('Do not edit.', 'Reviewed; append only once merged.'),
      '-- Reverse: irreversible.',
      ...(statements.every(onlyAdds)
        ? [`-- Works with builds from: ${numberText(Math.max(0, ...numbers))}`]
        : []),
    ].join('\n');
    return outputs.set(`${FOLDER}/${name}`, `${header}\n${statements.join(';\n\n')};\n`);
  },
};
