import { type LabelMatcher, Labels, metricName, parsePromql, testLabels, withoutParens } from '@tomte/promql';
import { compileLabels, type MetricFamily, type MetricName } from '@tomte/query';
import type { Reading } from '../access/reading.ts';
import type { SqlRow } from '../sql-runner.ts';
import type { Notes } from './envelope.ts';
import { invalid, type PrometheusParameters } from './parameters.ts';
import { bucketsFor, chosen, conditionsFor, labelsOf, MAX_LABEL_SETS } from './sample-source.ts';

/** Time that is looked at where the question names none. */
const DEFAULT_LOOK_MS = 6 * 3_600_000;

export interface SeriesFound {
  readonly labels: readonly Labels[];
  readonly notes: Notes;
}

export interface SeriesOptions {
  readonly reading: Reading;
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

/** The labels of every series that one of the selectors matches, in the time that is asked for. */
export async function findSeries(
  parameters: PrometheusParameters,
  options: SeriesOptions,
): Promise<SeriesFound> {
  const { reading, nowMs, signal } = options;
  const toMs = Math.min(parameters.timeMs('end') ?? nowMs, nowMs);
  const fromMs = Math.max(0, parameters.timeMs('start') ?? toMs - DEFAULT_LOOK_MS);
  const found = new Map<string, Labels>();
  const warnings = new Set<string>();
  if (fromMs > toMs) return { labels: [], notes: { warnings: [], infos: [] } };
  const range = { fromNs: BigInt(fromMs) * 1_000_000n, toNs: BigInt(toMs + 1) * 1_000_000n };
  for (const matchers of selectorsOf(parameters)) {
    for (const [family, names] of chosen(reading, matchers)) {
      const conditions = conditionsFor(family, matchers);
      const statement = compileLabels({ family, conditions, range, limitSeries: MAX_LABEL_SETS });
      const { rows } = await reading.run({ ...statement, as: 'views', signal });
      if (rows.length > MAX_LABEL_SETS)
        warnings.add(`Tomte: ${family.name}: the first ${MAX_LABEL_SETS} sets of labels`);
      for (const labels of rows.flatMap((row) => labelSets(row, { family, names, matchers }))) {
        found.set(labels.key, labels);
      }
    }
  }
  return { labels: [...found.values()], notes: { warnings: [...warnings], infos: [] } };
}

interface Chosen {
  readonly family: MetricFamily;
  readonly names: readonly MetricName[];
  readonly matchers: readonly LabelMatcher[];
}

function labelSets(row: SqlRow, { family, names, matchers }: Chosen): readonly Labels[] {
  const pairs = labelsOf(row, family);
  const isWanted = testLabels(matchers);
  return names
    .flatMap(({ name, part }) => {
      const labels = Labels.of([...pairs, [metricName, name]]);
      return part === 'bucket' ? bucketsFor(matchers).map((le) => labels.with('le', le)) : [labels];
    })
    .filter(isWanted);
}

/** Without a selector every series is meant. */
function selectorsOf(parameters: PrometheusParameters): readonly (readonly LabelMatcher[])[] {
  const texts = parameters.all('match[]');
  return texts.length === 0 ? [[]] : texts.map(matchersOf);
}

function matchersOf(text: string): readonly LabelMatcher[] {
  const parsed = parsePromql(text);
  if (!parsed.ok) throw invalid('match[]', parsed.error.message);
  const selector = withoutParens(parsed.value);
  if (selector.kind !== 'selector') throw invalid('match[]', 'is no selector');
  return selector.matchers;
}
