import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  VariableHide,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { select } from './promql.ts';

/** Of every query: Grafana's own Prometheus data source. */
export const datasource = { type: 'prometheus', uid: '${datasource}' } as const;

/** The uid that docs/guide gives the data source: it is chosen at first where it is there. */
const DATASOURCE_UID = 'tomte';
/** Where `tomte up` and a forwarded port serve the page; the chart puts `dashboards.pageUrl` in its place. */
const PAGE_URL = 'http://127.0.0.1:4680';

export function datasourceVariable(): DatasourceVariableBuilder {
  return new DatasourceVariableBuilder('datasource')
    .label('Data source')
    .type('prometheus')
    .allowCustomValue(false)
    .current({ selected: true, text: 'Tomte', value: DATASOURCE_UID });
}

/** For links into Tomte's own page. */
export function pageVariable(): TextBoxVariableBuilder {
  return new TextBoxVariableBuilder('tomte')
    .label("Tomte's page")
    .description("Address of Tomte's own page, to which links lead.")
    .hide(VariableHide.HideVariable)
    .defaultValue(PAGE_URL)
    .current({ selected: true, text: PAGE_URL, value: PAGE_URL });
}

export interface LabelVariable {
  readonly name: string;
  readonly title: string;
  readonly metric: string;
  readonly label: string;
  /** Other variables that narrow its values, by label. */
  readonly within?: Readonly<Record<string, string>>;
}

/** Values of a label, some of them or all. All is `.*`: series without the label are meant too, as outside of a cluster. */
export function labelVariable(variable: LabelVariable): QueryVariableBuilder {
  const selector = select(variable.metric, { variables: variable.within ?? {} });
  const query = `label_values(${selector},${variable.label})`;
  return new QueryVariableBuilder(variable.name)
    .label(variable.title)
    .datasource(datasource)
    .query({ qryType: LABEL_VALUES, query, refId: 'PrometheusVariableQueryEditor-VariableQuery' })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: ['All'], value: ['$__all'] });
}

/** How the data source's editor of variables numbers `label_values`. */
const LABEL_VALUES = 1;

const TOTAL = 'tomte_requests_total';

export const namespaceVariable: LabelVariable = {
  name: 'namespace',
  title: 'Namespace',
  metric: TOTAL,
  label: 'k8s_namespace_name',
};

export const serviceVariable: LabelVariable = {
  name: 'service',
  title: 'Service',
  metric: TOTAL,
  label: 'service_name',
  within: { k8s_namespace_name: 'namespace' },
};
