import {
  type LabelMatcher,
  Labels,
  type LabelPair,
  limitError,
  MAX_SAMPLES,
  metricName,
  type SampleSource,
  type Selection,
  type Series,
  testName,
  testOf,
} from '@tomte/promql';
import {
  bucketLabels,
  type Cell,
  cellsColumn,
  compileCells,
  type GridSpan,
  gridSpan,
  labelColumn,
  type MetricFamily,
  type MetricName,
  samplesOfCells,
  stepStartNs,
} from '@tomte/query';
import type { Reading } from '../access/reading.ts';
import type { SqlRow } from '../sql-runner.ts';
import { visibleNames } from './visible-metrics.ts';

/** Different sets of labels of one metric. */
export const MAX_LABEL_SETS = 10_000;
const BUCKET_LABEL = 'le';

export interface SourceOptions {
  readonly reading: Reading;
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

/** Samples from the rows that an asker may see. */
export function rowSource({ reading, nowMs, signal }: SourceOptions): SampleSource {
  const select = async (selection: Selection): Promise<readonly Series[]> => {
    const found: Series[] = [];
    const wanted = new Budget();
    for (const [family, names] of chosen(reading, selection.matchers)) {
      const span = gridSpan(family.kind, { ...selection, nowMs });
      if (span === undefined) continue;
      const range = { fromNs: stepStartNs(span.readFromStep), toNs: stepStartNs(span.lastStep + 1) };
      const conditions = conditionsFor(family, selection.matchers);
      const statement = compileCells({ family, conditions, range, limitSeries: MAX_LABEL_SETS });
      const { rows } = await reading.run({ ...statement, as: 'views', signal });
      if (rows.length > MAX_LABEL_SETS) throw tooMany(family);
      const columns = names.flatMap((name) => columnsOf(name, selection.matchers));
      wanted.charge(rows.length * columns.length * (span.lastStep - span.firstStep + 1));
      for (const row of rows) found.push(...seriesOf(row, { family, columns, span }));
    }
    return found.filter(({ values }) => values.length > 0);
  };
  return { select };
}

/** Refused before they are made. */
class Budget {
  #samples = 0;

  charge(count: number): void {
    this.#samples += count;
    if (this.#samples > MAX_SAMPLES) throw limitError(`the query reads more than ${MAX_SAMPLES} samples`);
  }
}

function tooMany({ name }: MetricFamily): Error {
  return limitError(`${name} has more than ${MAX_LABEL_SETS} sets of labels in this time`);
}

/** The families that a selector may mean, with those of their names. */
export function chosen(
  reading: Reading,
  matchers: readonly LabelMatcher[],
): ReadonlyMap<MetricFamily, readonly MetricName[]> {
  const isName = testName(matchers);
  const names = visibleNames(reading).filter((one) => isName(one.name) && canMatch(one, matchers));
  return Map.groupBy(names, ({ family }) => family);
}

/** A label that a metric never has is empty. */
function canMatch({ family, part }: MetricName, matchers: readonly LabelMatcher[]): boolean {
  return matchers.every((matcher) => {
    if (matcher.name === metricName || Object.hasOwn(family.labels, matcher.name)) return true;
    if (matcher.name === BUCKET_LABEL && part === 'bucket') return true;
    return testOf(matcher)('');
  });
}

export function conditionsFor(
  family: MetricFamily,
  matchers: readonly LabelMatcher[],
): readonly LabelMatcher[] {
  return matchers.filter(({ name }) => Object.hasOwn(family.labels, name));
}

/** One series a set of labels: which of a cell's values it has. */
interface SeriesColumn {
  readonly name: string;
  readonly le?: string;
  readonly valueOf: (cell: readonly number[]) => number;
}

export function bucketsFor(matchers: readonly LabelMatcher[]): readonly string[] {
  const tests = matchers.filter(({ name }) => name === BUCKET_LABEL).map(testOf);
  return bucketLabels.filter((bound) => tests.every((test) => test(bound)));
}

/** A cell is its step, then its values: of a histogram the count, the sum in nanoseconds, the counts up to each bound. */
function columnsOf({ name, part }: MetricName, matchers: readonly LabelMatcher[]): readonly SeriesColumn[] {
  if (part === 'value' || part === 'count') return [{ name, valueOf: (cell) => cell[1] ?? 0 }];
  if (part === 'sum') return [{ name, valueOf: (cell) => (cell[2] ?? 0) / 1e9 }];
  return bucketsFor(matchers).map((le) => {
    const index = le === '+Inf' ? 1 : 3 + bucketLabels.indexOf(le);
    return { name, le, valueOf: (cell) => cell[index] ?? 0 };
  });
}

interface Shape {
  readonly family: MetricFamily;
  readonly columns: readonly SeriesColumn[];
  readonly span: GridSpan;
}

function seriesOf(row: SqlRow, { family, columns, span }: Shape): readonly Series[] {
  const cells = (row[cellsColumn] as readonly (readonly number[])[]).toSorted(
    (a, b) => (a[0] ?? 0) - (b[0] ?? 0),
  ); // Proof: `compileCells` makes tuples of numbers.
  const pairs = labelsOf(row, family);
  return columns.map(({ name, le, valueOf }) => {
    const ofSeries = cells.map((cell): Cell => ({ step: cell[0] ?? 0, value: valueOf(cell) }));
    const own: readonly LabelPair[] = [
      [metricName, name],
      ...(le === undefined ? [] : [[BUCKET_LABEL, le] as const]),
    ];
    return { labels: Labels.of([...pairs, ...own]), ...samplesOfCells(family.kind, ofSeries, span) };
  });
}

export function labelsOf(row: SqlRow, family: MetricFamily): readonly LabelPair[] {
  return Object.keys(family.labels).map((name, index) => [name, String(row[labelColumn(index)] ?? '')]);
}
