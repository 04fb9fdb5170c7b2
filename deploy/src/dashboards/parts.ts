import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

/** A query of a panel, as a dashboard holds it. */
export interface PanelQuery {
  readonly panel: string;
  readonly expr: string;
  readonly isInstant: boolean;
  readonly legend: string;
}

/** Every query of every panel, in their order. */
export function queriesOf(dashboard: Dashboard): readonly PanelQuery[] {
  return (dashboard.panels ?? []).flatMap((panel) => {
    if (!('targets' in panel)) return [];
    return (panel.targets ?? []).map((target) => {
      if (!isPrometheusTarget(target))
        throw new Error(`${panel.title ?? ''} asks something other than PromQL`);
      const { expr, instant, legendFormat = '' } = target;
      return { panel: panel.title ?? '', expr, isInstant: instant === true, legend: legendFormat };
    });
  });
}

interface PrometheusTarget {
  readonly expr: string;
  readonly instant?: boolean;
  readonly legendFormat?: string;
}

function isPrometheusTarget(target: object): target is PrometheusTarget {
  return 'expr' in target && typeof target.expr === 'string';
}

/** Queries of the variables that ask the data source, by name: `label_values(metric{…},label)`. */
export function variableQueriesOf(dashboard: Dashboard): ReadonlyMap<string, string> {
  const variables = (dashboard.templating?.list ?? []).filter(({ type }) => type === 'query');
  return new Map(
    variables.map(({ name, query }) => [
      name,
      typeof query === 'object' ? String(query['query']) : (query ?? ''),
    ]),
  );
}
