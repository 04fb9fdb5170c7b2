import type { AnyRecord, StoredTableName } from '@tomte/model';
import type { Filter } from './filter.ts';
import type { OutputColumns } from './output-column.ts';
import type { SqlParams } from './sql-params.ts';
import type { TimeRange } from './time-range.ts';
import type { ParamValues, ViewParams } from './view-param.ts';

/** One part of what orders the rows of a list, newest first: never null, unique together. */
export interface KeyPart {
  readonly sql: string;
  readonly type: 'Int64' | 'UInt64' | 'String';
}

/** How a front end draws the answer. A new kind needs drawing code; a new view does not. */
export type ChartSpec =
  | { readonly kind: 'table' }
  | { readonly kind: 'bars'; readonly label: string; readonly value: string }
  /** Lines over time, one for each value of `series`; rows come in the order of time. */
  | {
      readonly kind: 'timeseries';
      readonly time: string;
      readonly series: string;
      readonly values: readonly string[];
    }
  /** Columns of a range of values with a count; `upper` is null for the last, which has no end. */
  | { readonly kind: 'histogram'; readonly upper: string; readonly value: string }
  /** The same over time. */
  | { readonly kind: 'heatmap'; readonly time: string; readonly upper: string; readonly value: string }
  | { readonly kind: 'graph'; readonly from: string; readonly to: string; readonly weight: string };

/** From a row of an answer to another view: its parameters and filters, each by a column of the row. */
export interface ViewLink {
  /** Column of the row that a person follows. */
  readonly column: string;
  readonly view: string;
  readonly title: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export type Order = 'desc' | 'asc';

/** What a view's SQL is made from. Everything of the asker is parsed by now. */
export interface ViewInput<P extends ViewParams> {
  readonly range: TimeRange;
  readonly values: ParamValues<P>;
  readonly filters: readonly Filter[];
  readonly order: Order;
  /** Rows to fetch: one more than asked for, so that a cut is seen. */
  readonly fetchRows: number;
  /** Key of the last row of the page before. */
  readonly after: readonly string[] | undefined;
  readonly params: SqlParams;
}

/** Where an answer comes from, and the time that it is really about: a rollup knows whole minutes. */
export interface AnswerSource {
  readonly table: string;
  readonly range: TimeRange;
}

export interface ViewDefinition<P extends ViewParams = ViewParams> {
  /** kebab-case; the address of the view. */
  readonly name: string;
  readonly title: string;
  /** One sentence: what one row is. */
  readonly meaning: string;
  /** The record whose columns filter, and whose time column the range is about. */
  readonly record: AnyRecord;
  readonly params: P;
  readonly columns: OutputColumns;
  readonly chart: ChartSpec;
  readonly links?: readonly ViewLink[];
  /** Tables that it reads beside its record's: whoever may not see one of them may not ask. */
  readonly alsoReads?: readonly StoredTableName[];
  /** Tables of sums that it may read in place of its record. */
  readonly rollups?: readonly string[];
  /** Given: the view is a list that continues by cursor, ordered by this. */
  readonly key?: readonly KeyPart[];
  readonly defaultLimitRows: number;
  readonly maxLimitRows: number;
  /** Given by views that choose between tables; others read their record. */
  source?(input: Pick<ViewInput<P>, 'range' | 'values' | 'filters'>): AnswerSource;
  sql(input: ViewInput<P>): string;
}

/** A view whose parameters' types are checked inside and forgotten outside. */
export type AnyView = Omit<ViewDefinition, 'sql' | 'source'> & {
  sql(input: ViewInput<never>): string;
  source?(input: Pick<ViewInput<never>, 'range' | 'values' | 'filters'>): AnswerSource;
};

export function defineView<const P extends ViewParams>(definition: ViewDefinition<P>): ViewDefinition<P> {
  return definition;
}
