import type { AnyRecord, Column } from '../../packages/model/src/index.ts';

/** The type of a column as the table declares it. */
export function tableType(column: Column): string {
  switch (column.type) {
    case 'Enum8':
      return `Enum8(${(column.values ?? []).map((name, index) => `'${name}' = ${index}`).join(', ')})`;
    case 'Map':
      return 'Map(LowCardinality(String), String)';
    case 'DateTime64(9)':
      // Without a zone the server's own would decide in which partition a row lies.
      return "DateTime64(9, 'UTC')";
    default:
      return column.type;
  }
}

/**
 * The type of a column inside our Native blocks: the plainest that the server casts by itself, so that
 * the encoder needs no dictionaries and an Enum8 that grew by a name is no other type.
 */
export function blockType(column: Column): string {
  switch (column.type) {
    case 'Enum8':
      return 'Int8';
    case 'Map':
      return 'Map(String, String)';
    case 'LowCardinality(String)':
      return 'String';
    default:
      return column.type;
  }
}

function sqlString(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** `name type COMMENT … CODEC(…)`, as in CREATE TABLE and in ALTER TABLE. */
export function columnDefinition(name: string, column: Column): string {
  const unit = column.unit === undefined || column.unit === 'none' ? '' : ` Unit: ${column.unit}.`;
  const comment = sqlString(`${column.meaning}${unit}`);
  if (column.computed !== undefined)
    return `${name} ${tableType(column)} ALIAS ${column.computed} COMMENT ${comment}`;
  return `${name} ${tableType(column)} COMMENT ${comment} CODEC(${column.codec ?? 'ZSTD(1)'})`;
}

/**
 * Of each base table. The window keeps insert tokens (off by default on plain MergeTree); parts are
 * dropped whole when they expire, since a part never spans two days; every part is synced to the disk
 * before its insert is answered, since an acknowledged batch leaves the agent's spool.
 */
const tableSettings = [
  'non_replicated_deduplication_window = 10000',
  'ttl_only_drop_parts = 1',
  'fsync_after_insert = 1',
  'fsync_part_directory = 1',
] as const;

/**
 * Rows that replace each other come to lie in one part within an hour; else the former would be seen again when the
 * latter has expired. Where all days lie together, rows expire one by one.
 */
function replacingSettings(isByDay: boolean): readonly string[] {
  return [
    `ttl_only_drop_parts = ${isByDay ? 1 : 0}`,
    'min_age_to_force_merge_seconds = 3600',
    'min_age_to_force_merge_on_partition_only = 1',
  ];
}

/** CREATE TABLE without a TTL: that one is configuration and applied at start. */
export function createTable(record: AnyRecord): string {
  const columns = Object.entries(record.columns).map(([name, column]) => columnDefinition(name, column));
  const lines = [...columns, ...(record.indexes ?? [])].map((line) => `  ${line}`).join(',\n');
  const { replacing } = record;
  return [
    `CREATE TABLE IF NOT EXISTS ${record.table}\n(\n${lines}\n)`,
    `ENGINE = ${replacing === undefined ? 'MergeTree' : `ReplacingMergeTree(${replacing.version})`}`,
    ...(replacing?.isByDay === false ? [] : [`PARTITION BY toDate(${record.timeColumn})`]),
    `ORDER BY (${record.orderBy.join(', ')})`,
    `SETTINGS ${(replacing === undefined ? tableSettings : replacingSettings(replacing.isByDay)).join(', ')}`,
    `COMMENT ${sqlString(record.meaning)}`,
  ].join('\n');
}
