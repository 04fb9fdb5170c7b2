import { executionError } from '../promql-error.ts';
import type { Labels } from '../labels.ts';
import { compileRegex } from '../regex.ts';
import type { VectorSeries } from './value.ts';

export function labelReplace(
  series: readonly VectorSeries[],
  [target = '', template = '', source = '', pattern = '']: readonly string[],
): readonly VectorSeries[] {
  const regex = regexOf(pattern);
  requireName(target, 'destination', 'label_replace');
  return relabelled(series, (labels) => {
    const value = regex.expand(labels.get(source), template);
    return value === undefined ? labels : labels.with(target, value);
  });
}

function regexOf(pattern: string): ReturnType<typeof compileRegex> {
  try {
    return compileRegex(pattern);
  } catch {
    throw executionError(`invalid regular expression in label_replace(): ${pattern}`);
  }
}

export function labelJoin(
  series: readonly VectorSeries[],
  [target = '', separator = '', ...sources]: readonly string[],
): readonly VectorSeries[] {
  for (const source of sources) requireName(source, 'source', 'label_join');
  requireName(target, 'destination', 'label_join');
  return relabelled(series, (labels) =>
    labels.with(target, sources.map((name) => labels.get(name)).join(separator)),
  );
}

function requireName(name: string, role: string, func: string): void {
  if (name === '') throw executionError(`invalid ${role} label name in ${func}(): ${name}`);
}

function relabelled(
  series: readonly VectorSeries[],
  change: (labels: Labels) => Labels,
): readonly VectorSeries[] {
  return series.map((one) => ({ ...one, labels: change(one.labels) }));
}
