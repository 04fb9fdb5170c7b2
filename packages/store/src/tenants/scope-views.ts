import { collectorRecords, namespacedTables, otherTables, records, storedRecords } from '@tomte/model';
import type { AnyRecord, Column, NamespacedTable, StoredTableName } from '@tomte/model';
import type { ReadScope } from './read-scope.ts';

/** Tables of sums that the store computes; they mix namespaces, so only those who see all of them read them. */
const rollupTables = [
  'service_1m',
  'service_1m_data',
  'edge_1m',
  'edge_1m_data',
  'endpoint_1m',
  'endpoint_1m_data',
  'process_1m',
  'process_1m_data',
  'rollup_minutes',
] as const;

export interface ScopeView {
  /** The name of the table that it stands for. */
  readonly name: string;
  readonly select: string;
}

/**
 * What a scope sees, as views named like the tables. They run with the rights of who made them, so their text is the
 * wall: nothing of an asker is in it, and no setting changes it (SETTINGS of a subquery are held to no constraint).
 */
export function scopeViews(scope: ReadScope, database: string): readonly ScopeView[] {
  const seesAll = scope.namespaces === 'all';
  return [
    ...namespacedTables.map((table) => ({ name: table, select: namespacedView(table, scope, database) })),
    { name: 'loss', select: seesAll ? operatorView('loss', scope, database) : reasonsAndTimes(database) },
    ...(seesAll ? operatorTables : []).map((table) => ({
      name: table,
      select: operatorView(table, scope, database),
    })),
    ...(seesAll ? rollupTables : []).map((table) => ({ name: table, select: wholeTable(table, database) })),
  ];
}

const operatorTables = (Object.keys(otherTables) as readonly (keyof typeof otherTables)[]) // Proof: the literal's keys.
  .filter((table) => otherTables[table] === 'operator');

/**
 * PREWHERE by hand: the server then moves no condition of the asker before it, so that none is ever evaluated on a
 * row of others. An error that it throws (`throwIf`, a division by zero) would tell of it.
 */
function namespacedView(table: NamespacedTable, scope: ReadScope, database: string): string {
  return [
    toldOf(table, scope, database),
    ...(scope.namespaces === 'all' ? [] : [`PREWHERE ${isIn('k8s_namespace_name', scope.namespaces)}`]),
  ].join('\n');
}

/** Every row, for who sees all namespaces; not the content of those whose logs they may not read. */
function operatorView(table: StoredTableName, scope: ReadScope, database: string): string {
  return `${toldOf(table, scope, database)}${replacing.has(table) ? ' FINAL' : ''}`;
}

function toldOf(table: StoredTableName, scope: ReadScope, database: string): string {
  const record: AnyRecord = storedRecords[table];
  const columns = Object.entries(record.columns).map((column) => told(column, scope));
  return [
    `WITH ${contentIsTold(record, scope)} AS content_is_told,`,
    `  ${peerIsTold(record, scope)} AS peer_is_told`,
    `SELECT\n  ${columns.join(',\n  ')}`,
    `FROM ${database}.${table} AS r`,
  ].join('\n');
}

/** What is in no namespace is told to those who may read the logs of all. */
function contentIsTold(record: AnyRecord, { contentOf }: ReadScope): string {
  if (contentOf === 'all') return 'true';
  return 'k8s_namespace_name' in record.columns ? isIn('k8s_namespace_name', contentOf) : 'false';
}

/** What is outside of the cluster is in nobody's namespace: its name is what the observed process asked for. */
function peerIsTold(record: AnyRecord, { namespaces, peersOf = namespaces }: ReadScope): string {
  if (peersOf === 'all') return 'true';
  if (!('peer_k8s_namespace_name' in record.columns)) return 'false';
  return `${isIn('peer_k8s_namespace_name', peersOf)} OR r.peer_kind = 'external'`;
}

function told(
  [name, { visibility }]: [string, Column],
  { namespaces, contentOf, peersOf = namespaces }: ReadScope,
): string {
  if (visibility === 'peer' && peersOf !== 'all') return guardedBy('peer_is_told', name);
  if (visibility === 'content' && contentOf !== 'all') return guardedBy('content_is_told', name);
  return `r.${name} AS ${name}`;
}

const guardedBy = (condition: string, name: string): string =>
  `if(${condition}, r.${name}, defaultValueOfArgumentType(r.${name})) AS ${name}`;

/** The names are of a scope whose key was made: checked there to need no quoting. */
function isIn(column: string, namespaces: ReadScope['namespaces']): string {
  if (namespaces === 'all') return 'true';
  if (namespaces.length === 0) return 'false';
  return `r.${column} IN (${namespaces.map((name) => `'${name}'`).join(', ')})`;
}

/** Of rows that replace one another; a view passes no FINAL on to the table under it. */
const replacing: ReadonlySet<string> = new Set([
  ...rollupTables.filter((table) => table.endsWith('_data')),
  ...Object.keys(collectorRecords),
]);

function wholeTable(table: string, database: string): string {
  return `SELECT * FROM ${database}.${table}${replacing.has(table) ? ' FINAL' : ''}`;
}

/** Each reason once a minute: how often, where and on which connection would tell of others. */
function reasonsAndTimes(database: string): string {
  const { columns }: AnyRecord = records.loss;
  const shown: Readonly<Record<string, string>> = {
    start_time: "toDateTime64(toStartOfMinute(r.start_time), 9, 'UTC')",
    end_time: "toDateTime64(toStartOfMinute(r.end_time), 9, 'UTC') + toIntervalMinute(1)",
    source: 'r.source',
    reason: 'r.reason',
  };
  const select = Object.keys(columns).map(
    (name) => `${shown[name] ?? `defaultValueOfArgumentType(r.${name})`} AS ${name}`,
  );
  return `SELECT DISTINCT\n  ${select.join(',\n  ')}\nFROM ${database}.loss AS r`;
}
