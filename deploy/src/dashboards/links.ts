import { DashboardLinkBuilder, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard';

/** On every dashboard: by it they find one another. */
export const TAG = 'tomte';

export const boardUids = {
  cluster: 'tomte-cluster',
  namespace: 'tomte-namespace',
  service: 'tomte-service',
  processes: 'tomte-processes',
  agents: 'tomte-agents',
} as const;
export type BoardName = keyof typeof boardUids;

/** In the head of every dashboard: the others, with the variables and the time of this one, and Tomte's own page. */
export function headLinks(): readonly DashboardLinkBuilder[] {
  return [
    new DashboardLinkBuilder('Tomte')
      .type(DashboardLinkType.Dashboards)
      .tags([TAG])
      .tooltip('Other dashboards')
      .asDropdown(true)
      .includeVars(true)
      .keepTime(true),
    pageLink("Tomte's page", 'services'),
  ];
}

/** A label of the series that was clicked, as a part of an address. */
export function ofSeries(label: string): string {
  return `\${__field.labels.${label}:percentencode}`;
}

/** A column, by its title, of the row of a table that was clicked. */
export function ofRow(title: string): string {
  return `\${__data.fields.${title}:percentencode}`;
}

/** To a dashboard, with values for its variables; those that are kept are as they are chosen here. */
export function boardLink(
  title: string,
  board: BoardName,
  variables: Readonly<Record<string, string>>,
  kept: readonly string[] = [],
): DashboardLinkBuilder {
  const set = Object.entries(variables).map(([variable, value]) => `var-${variable}=${value}`);
  const chosen = [...kept.map((variable) => `\${${variable}:queryparam}`), ...set];
  const query = ['var-datasource=${datasource}', 'var-tomte=${tomte:percentencode}', ...chosen];
  return new DashboardLinkBuilder(title).url(
    `/d/${boardUids[board]}?${query.join('&')}&\${__url_time_range}`,
  );
}

/** To a page of Tomte's own for the same time. */
export function pageLink(
  title: string,
  page: string,
  parameters: Readonly<Record<string, string>> = {},
): DashboardLinkBuilder {
  const chosen = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  const query = ['from=${__from}', 'to=${__to}', ...chosen].join('&');
  return new DashboardLinkBuilder(title)
    .type(DashboardLinkType.Link)
    .icon('external link')
    .tooltip(title)
    .url(`\${tomte}/#/${page}?${query}`)
    .targetBlank(true);
}
