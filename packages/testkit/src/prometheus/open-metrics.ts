/** One series with its samples, as a test has it. */
export interface TimedSeries {
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch, ascending. */
  readonly timesMs: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

const special: Readonly<Record<string, string>> = { Infinity: '+Inf', '-Infinity': '-Inf' };

function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/** Timestamped OpenMetrics of no type, the series of a name together: what `promtool tsdb create-blocks-from` reads. */
export function toOpenMetrics(series: readonly TimedSeries[]): string {
  const byName = Map.groupBy(series, ({ labels }) => labels['__name__'] ?? '');
  const lines: string[] = [];
  for (const same of byName.values()) for (const one of same) lines.push(...linesOf(one));
  return `${lines.join('\n')}\n# EOF\n`;
}

function linesOf({ labels, timesMs, values }: TimedSeries): string[] {
  const { __name__: name = '', ...others } = labels;
  const pairs = Object.entries(others).map(([label, value]) => `${label}="${escape(value)}"`);
  const head = `${name}{${pairs.join(',')}}`;
  return Array.from(timesMs, (timeMs, index) => {
    const value = String(values[index] ?? NaN);
    return `${head} ${special[value] ?? value} ${(timeMs / 1_000).toFixed(3)}`;
  });
}
