import { requests as record } from '@tomte/model';
import { clientBeside, onceCondition } from '../once.ts';
import { defineView, type ChartSpec, type ViewDefinition, type ViewLink } from '../view.ts';
import { describeGroups, type Ends, type GroupColumns, groupedSql } from './grouped.ts';
import { rangeSeconds, redColumns, redSelect } from './red.ts';

export interface RedView {
  readonly name: string;
  readonly title: string;
  readonly meaning: string;
  readonly groups: GroupColumns;
  readonly ends?: Ends;
  readonly chart?: ChartSpec;
  readonly links?: readonly ViewLink[];
  /** Further conditions on the rows. */
  readonly where?: readonly string[];
  readonly having?: readonly string[];
  /** Given: groups need the client's row `c` beside the server's, with these columns. */
  readonly client?: readonly string[];
}

/** Rate, errors and duration of requests, each counted once, by the columns of `groups`. */
export function defineRedView(view: RedView): ViewDefinition<Record<never, never>> {
  const { name, title, meaning, groups, ends = {}, links = [], where = [], having = [] } = view;
  return defineView({
    name,
    title,
    meaning,
    record,
    params: {},
    columns: { ...describeGroups(groups), ...redColumns },
    chart: view.chart ?? {
      kind: 'bars',
      label: Object.keys(groups).at(-1) ?? '',
      value: 'requests_per_second',
    },
    links,
    defaultLimitRows: 1_000,
    maxLimitRows: 10_000,
    sql(input) {
      const { range, params } = input;
      const shape = {
        record,
        groups,
        ends,
        measures: redSelect(rangeSeconds(range, params)),
        joins: view.client === undefined ? [] : [clientBeside(range, params, view.client)],
        where: [...where, onceCondition(range, params)],
        having,
        orderBy: 'request_count DESC',
      };
      return groupedSql(shape, input);
    },
  });
}
