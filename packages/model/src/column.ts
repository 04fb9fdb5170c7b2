/**
 * How a column is stored, as ClickHouse types. `Map` is `Map(LowCardinality(String), String)`.
 * Enum8 lists its names in `values`; the position is the stored number.
 */
export type ColumnType =
  | 'UInt8'
  | 'UInt16'
  | 'UInt32'
  | 'UInt64'
  | 'Int32'
  | 'Bool'
  | 'String'
  | 'LowCardinality(String)'
  | 'DateTime64(9)'
  | 'IPv6'
  | 'Enum8'
  | 'Map'
  | 'Array(IPv6)'
  | 'Array(String)'
  | 'Nullable(UInt16)'
  | 'Nullable(UInt32)'
  | 'Nullable(UInt64)';

/** What a value means to a front end: how it is formatted, summed and linked. */
export type SemanticType =
  | 'time'
  | 'duration'
  | 'bytes'
  | 'count'
  | 'ratio'
  | 'identifier'
  | 'address'
  | 'port'
  | 'pid'
  | 'service'
  | 'process'
  | 'container'
  | 'pod'
  | 'namespace'
  | 'workload'
  | 'node'
  | 'host'
  | 'cluster'
  | 'agent'
  | 'protocol'
  | 'status_code'
  | 'trace_id'
  | 'span_id'
  | 'text'
  | 'reason'
  | 'flag';

export type Unit = 'ns' | 'By' | '1' | '%' | 'none';

/** Whether a value can tell of a person, and so passes through redaction. */
export type Pii = 'none' | 'possible';

export interface Column {
  readonly type: ColumnType;
  /** One sentence: what it is, what an empty or null value says. */
  readonly meaning: string;
  /** Where the value comes from. */
  readonly source: 'kernel' | 'wire' | 'proc' | 'agent' | 'collector' | 'kubernetes' | 'store';
  readonly semantic: SemanticType;
  readonly unit?: Unit;
  readonly pii?: Pii;
  /**
   * What a reader must be allowed beyond the row itself, where a namespace's rows are for its readers only: `peer`
   * names the other end, for those who may see that namespace; `content` may hold what was said, for those who may
   * read logs.
   */
  readonly visibility?: 'peer' | 'content';
  /** ClickHouse codec, where the default (ZSTD of the table) is not the best. */
  readonly codec?: string;
  /** Names of an Enum8, in the order of their stored numbers from 0. Append only. */
  readonly values?: readonly string[];
  /**
   * SQL over other columns of the row: the table computes the value when it is read and stores nothing. No agent
   * sends it; what agents sent before it was computed is passed over.
   */
  readonly computed?: string;
  /** The attribute's name in OpenTelemetry's semantic conventions, where it has one. */
  readonly otel?: string;
}

type Whole = 'UInt8' | 'UInt16' | 'UInt32' | 'Int32';
type ValueOfType<C extends Column> = C['type'] extends Whole
  ? number
  : C['type'] extends 'UInt64' | 'DateTime64(9)'
    ? bigint
    : C['type'] extends 'Bool'
      ? boolean
      : C['type'] extends 'Map'
        ? Readonly<Record<string, string>>
        : C['type'] extends 'Nullable(UInt16)' | 'Nullable(UInt32)'
          ? number | null
          : C['type'] extends 'Nullable(UInt64)'
            ? bigint | null
            : C['type'] extends 'IPv6'
              ? Uint8Array
              : C['type'] extends 'Array(IPv6)' | 'Array(String)'
                ? readonly string[]
                : C['type'] extends 'Enum8'
                  ? C['values'] extends readonly (infer Name)[]
                    ? Name
                    : never
                  : string;

/**
 * The TypeScript value of a column: 64-bit numbers and times are bigint (times in nanoseconds since
 * the Unix epoch), IPv6 is 16 bytes (IPv4 as v4-mapped), an Enum8 is one of its names. Arrays, which only collectors
 * write, hold texts.
 */
export type ColumnValue<C extends Column> = ValueOfType<C>;
