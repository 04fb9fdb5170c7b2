import type { Board, BoardRow } from '../board.ts';
import { boardLink, ofSeries, pageLink } from '../links.ts';
import { chart, type PanelBuilder } from '../panels.ts';
import { perRequest, quantile, rate, requestRate, type Scope, select, sumBy } from '../promql.ts';
import { durations, redBy, redStats } from '../red.ts';
import { namespaceVariable, serviceVariable } from '../variables.ts';

const scope: Scope = { variables: { k8s_namespace_name: 'namespace', service_name: 'service' } };
/** The same services, as those that are asked by what a client saw. */
const asked: Scope = { variables: { peer_k8s_namespace_name: 'namespace', peer_service_name: 'service' } };
const server = 'http_server_request_duration_seconds';
const client = 'http_client_request_duration_seconds';
const label = 'service_name';
const links = [pageLink("Service on Tomte's page", 'service', { name: ofSeries(label) })];

function answers(): BoardRow {
  const by = (name: string): string => sumBy([name], rate(select(`${server}_count`, scope)));
  const of = { unit: 'reqps', width: 'third', isStacked: true } as const;
  return {
    title: 'Answers',
    panels: [
      chart({
        ...of,
        title: 'By status',
        description: 'HTTP requests by status of the response; without one where it was not seen.',
        queries: [{ expr: by('http_response_status_code'), legend: '{{http_response_status_code}}' }],
      }),
      chart({
        ...of,
        title: 'By method',
        description: 'HTTP requests by method.',
        queries: [{ expr: by('http_request_method'), legend: '{{http_request_method}}' }],
      }),
      chart({
        ...of,
        title: 'By outcome',
        description: 'Requests of every protocol by how they ended.',
        queries: [{ expr: requestRate(scope, ['outcome']), legend: '{{outcome}}' }],
      }),
    ],
  };
}

/** Of one end of the requests between services, as their clients saw them. */
function ends(
  of: Scope,
  other: { readonly label: string; readonly namespace: string },
): readonly PanelBuilder[] {
  const legend = `{{${other.label}}}`;
  const by = sumBy([other.label, other.namespace], rate(select(`${client}_count`, of)));
  const p95 = quantile(0.95, { histogram: client, scope: of, labels: [other.label, other.namespace] });
  const way = [
    boardLink('Service', 'service', { namespace: ofSeries(other.namespace), service: ofSeries(other.label) }),
  ];
  return [
    chart({
      title: 'Requests',
      description: 'HTTP requests of which the client was observed.',
      unit: 'reqps',
      width: 'half',
      links: way,
      queries: [{ expr: by, legend }],
    }),
    chart({
      title: 'Duration, 95th percentile',
      description: 'As the client saw it; exact to a bucket.',
      unit: 's',
      width: 'half',
      links: way,
      queries: [{ expr: p95, legend }],
    }),
  ];
}

function sizes(): BoardRow {
  const sides = ['request', 'response'] as const;
  const of = (side: string): string => `tomte_${side}_bytes_total`;
  return {
    title: 'Bytes and connections',
    panels: [
      chart({
        title: 'Bytes',
        description: 'On the streams of requests and responses.',
        unit: 'Bps',
        width: 'third',
        queries: sides.map((side) => ({
          expr: sumBy([], rate(select(of(side), scope))),
          legend: `${side}s`,
        })),
      }),
      chart({
        title: 'Bytes by request',
        description: 'Mean size of a request, and of a response.',
        unit: 'bytes',
        width: 'third',
        queries: sides.map((side) => ({ expr: perRequest(of(side), scope, []), legend: side })),
      }),
      chart({
        title: 'Connections that ended',
        description: 'TCP connections of the processes of the service, by why they ended.',
        unit: 'cps',
        width: 'third',
        queries: [
          {
            expr: sumBy(['end_reason'], rate(select('tomte_connections_total', scope))),
            legend: '{{end_reason}}',
          },
        ],
      }),
    ],
  };
}

export const service: Board = {
  name: 'service',
  title: 'Service',
  description: 'One service: what it was asked, how it answered, who asked it, and whom it asked.',
  variables: [namespaceVariable, serviceVariable],
  rows: [
    { title: 'What it was asked', panels: redStats(scope) },
    { title: 'Over time', panels: redBy({ scope, label, links }) },
    durations(scope),
    answers(),
    {
      title: 'Who asked it',
      panels: ends(asked, { label: 'service_name', namespace: 'k8s_namespace_name' }),
    },
    {
      title: 'Whom it asked',
      panels: ends(scope, { label: 'peer_service_name', namespace: 'peer_k8s_namespace_name' }),
    },
    sizes(),
  ],
};
