import type { LabelMatcher } from './ast.ts';
import { metricName } from './ast.ts';
import type { Labels } from './labels.ts';
import { compileRegex } from './regex.ts';

export type LabelTest = (value: string) => boolean;

/** Whether a label's value matches; a label that is not there has the empty value. */
export function testOf({ operator, value }: LabelMatcher): LabelTest {
  if (operator === '=') return (text) => text === value;
  if (operator === '!=') return (text) => text !== value;
  const regex = compileRegex(value);
  return operator === '=~' ? (text) => regex.matches(text) : (text) => !regex.matches(text);
}

/** A test of all labels of a series. */
export function testLabels(matchers: readonly LabelMatcher[]): (labels: Labels) => boolean {
  const tests = matchers.map((matcher) => [matcher.name, testOf(matcher)] as const);
  return (labels) => tests.every(([name, test]) => test(labels.get(name)));
}

/** The matchers of the metric's name, as one test. */
export function testName(matchers: readonly LabelMatcher[]): LabelTest {
  const tests = matchers.filter(({ name }) => name === metricName).map(testOf);
  return (name) => tests.every((test) => test(name));
}
