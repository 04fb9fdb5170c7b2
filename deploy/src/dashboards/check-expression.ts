import { AppError } from '@tomte/kit';
import { type Expr, metricName, parsePromql } from '@tomte/promql';
import { type MetricName, metricNames } from '@tomte/query';

const declared = new Map(metricNames.map((one) => [one.name, one]));

/** What Grafana puts in place of its own variables, as far as they stand for a duration. */
const DURATION = /\$__(?:rate_interval|interval|range)\b/g;

/** The metrics that an expression asks for. Throws DASHBOARD_EXPRESSION where one, or a label, is not declared. */
export function checkExpression(text: string): ReadonlySet<string> {
  const parsed = parsePromql(text.replaceAll(DURATION, '1m'));
  if (!parsed.ok) throw parsed.error;
  const metrics = new Map<string, MetricName>();
  const labels = new Set<string>();
  walk(parsed.value, (expr) => {
    if (expr.kind === 'aggregate') for (const label of expr.grouping) labels.add(label);
    if (expr.kind !== 'selector') return;
    const metric = declared.get(expr.name);
    if (metric === undefined) throw wrong(text, `there is no metric ${expr.name}`);
    metrics.set(metric.name, metric);
    for (const { name } of expr.matchers)
      if (name !== metricName && !hasLabel(metric, name))
        throw wrong(text, `${metric.name} has no label ${name}`);
  });
  for (const metric of metrics.values())
    for (const label of labels)
      if (!hasLabel(metric, label)) throw wrong(text, `${metric.name} has no label ${label}`);
  return new Set(metrics.keys());
}

function hasLabel({ family, part }: MetricName, label: string): boolean {
  return label in family.labels || (label === 'le' && part === 'bucket');
}

function walk(expr: Expr, visit: (expr: Expr) => void): void {
  visit(expr);
  for (const child of childrenOf(expr)) walk(child, visit);
}

function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'number':
    case 'string':
    case 'selector':
      return [];
    case 'matrix':
      return [expr.selector];
    case 'subquery':
    case 'paren':
    case 'unary':
      return [expr.expr];
    case 'binary':
      return [expr.lhs, expr.rhs];
    case 'aggregate':
      return expr.param === undefined ? [expr.expr] : [expr.expr, expr.param];
    case 'call':
      return expr.args;
  }
}

function wrong(text: string, facts: string): AppError {
  return new AppError('DASHBOARD_EXPRESSION', `${facts}: ${text}`, {
    family: 'user',
    remedy: 'Metrics and labels are declared in packages/query/src/metrics.',
  });
}
