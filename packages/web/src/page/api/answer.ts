import type { ChartSpec, OutputColumns, ViewLink, ViewParam } from '@tomte/query';

/** A row as the API's JSON has it. */
export type Row = Readonly<Record<string, unknown>>;

export interface LostPart {
  readonly reason: string;
  readonly source: string;
  /** Null when it cannot be known, or may not be told. */
  readonly events: number | null;
  readonly bytes: number | null;
  readonly unknown_count: number;
  readonly from: string;
  readonly to: string;
}

export interface ReportingAgent {
  readonly agent_id: string;
  readonly host_name: string;
  readonly last_time: string;
  readonly governor_step: string;
  readonly pending_batches: number;
}

/** What an answer lacks, as far as it can be known. */
export interface Completeness {
  readonly complete: boolean;
  readonly incomplete_because: readonly string[];
  readonly truncated: boolean;
  readonly lost: readonly LostPart[];
  readonly agents_reporting: readonly Partial<ReportingAgent>[];
  readonly scope?: {
    readonly namespaces: 'all' | readonly string[];
    readonly content_of: 'all' | readonly string[];
  };
}

export interface Answer {
  readonly view: string;
  readonly range: { readonly from: string; readonly to: string };
  /** Table that the rows come from. */
  readonly source: string;
  readonly data: readonly Row[];
  readonly row_count: number;
  readonly limit: number;
  readonly next_cursor: string | null;
  readonly completeness: Completeness;
}

export interface RequestAnswer {
  readonly data: Row;
  readonly completeness: Completeness;
}

export interface SqlAnswer {
  readonly meta: readonly { readonly name: string; readonly type: string }[];
  readonly data: readonly Row[];
  readonly rows: number;
  readonly statistics: {
    readonly elapsed: number;
    readonly rows_read: number | null;
    readonly bytes_read: number | null;
  };
  readonly completeness: Completeness;
}

/** A view as `GET /api/v1/views` describes it. */
export interface ViewDescription {
  readonly name: string;
  readonly title: string;
  readonly meaning: string;
  readonly record: string;
  readonly params: Readonly<Record<string, ViewParam>>;
  readonly columns: OutputColumns;
  readonly filters: readonly string[];
  readonly chart: ChartSpec;
  readonly links?: readonly ViewLink[];
  readonly has_pages: boolean;
  readonly default_limit: number;
  readonly max_limit: number;
}
