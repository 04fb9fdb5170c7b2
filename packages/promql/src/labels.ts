import { metricName } from './ast.ts';

export type LabelPair = readonly [name: string, value: string];

const SEPARATOR = '\u{0}';

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The labels of a series, sorted by name; a label with an empty value is none. Equal labels have equal keys. */
export class Labels {
  static readonly none = new Labels([]);
  readonly pairs: readonly LabelPair[];
  readonly key: string;

  private constructor(sorted: readonly LabelPair[]) {
    this.pairs = sorted;
    this.key = sorted.map(([name, value]) => `${name}${SEPARATOR}${value}`).join(SEPARATOR);
  }

  static of(pairs: Iterable<LabelPair>): Labels {
    const kept = [...pairs].filter(([, value]) => value !== '');
    return new Labels(kept.sort(([a], [b]) => compareText(a, b)));
  }

  get(name: string): string {
    return this.pairs.find(([own]) => own === name)?.[1] ?? '';
  }

  get name(): string {
    return this.get(metricName);
  }

  without(names: readonly string[]): Labels {
    if (!this.pairs.some(([name]) => names.includes(name))) return this;
    return new Labels(this.pairs.filter(([name]) => !names.includes(name)));
  }

  keep(names: readonly string[]): Labels {
    return new Labels(this.pairs.filter(([name]) => names.includes(name)));
  }

  withoutName(): Labels {
    return this.without([metricName]);
  }

  /** An empty value takes the label away. */
  with(name: string, value: string): Labels {
    const others = this.pairs.filter(([own]) => own !== name);
    return value === '' ? new Labels(others) : Labels.of([...others, [name, value]]);
  }

  toObject(): Record<string, string> {
    return Object.fromEntries(this.pairs);
  }

  /** As Prometheus' messages write them. */
  toText(): string {
    return `{${this.pairs.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(', ')}}`;
  }
}

/** The order of series in a matrix: pair by pair, name before value. */
export function compareLabels(a: Labels, b: Labels): number {
  const shorter = Math.min(a.pairs.length, b.pairs.length);
  for (let index = 0; index < shorter; index += 1) {
    const [nameA, valueA] = a.pairs[index] ?? ['', ''];
    const [nameB, valueB] = b.pairs[index] ?? ['', ''];
    const order = compareText(nameA, nameB) || compareText(valueA, valueB);
    if (order !== 0) return order;
  }
  return a.pairs.length - b.pairs.length;
}
