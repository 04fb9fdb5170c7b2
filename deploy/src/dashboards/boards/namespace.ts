import type { Board } from '../board.ts';
import { boardLink, ofSeries, pageLink } from '../links.ts';
import { chart } from '../panels.ts';
import { rate, type Scope, select, sumBy } from '../promql.ts';
import { durations, redBy, redStats } from '../red.ts';
import { namespaceVariable } from '../variables.ts';

const scope: Scope = { variables: { k8s_namespace_name: 'namespace' } };
const label = 'service_name';
const links = [
  boardLink('Service', 'service', { service: ofSeries(label) }, ['namespace']),
  pageLink("Service on Tomte's page", 'service', { name: ofSeries(label) }),
];

function bytes(side: 'request' | 'response'): string {
  return sumBy([label], rate(select(`tomte_${side}_bytes_total`, scope)));
}

export const namespace: Board = {
  name: 'namespace',
  title: 'Namespace',
  description: 'Rate, errors and duration of the requests to the services of a namespace.',
  variables: [namespaceVariable],
  rows: [
    { title: 'All requests', panels: redStats(scope) },
    { title: 'By service', panels: redBy({ scope, label, links }) },
    durations(scope),
    {
      title: 'Bytes',
      panels: [
        chart({
          title: 'Bytes of requests',
          description: 'On the stream: start line, headers, body.',
          unit: 'Bps',
          width: 'half',
          links,
          queries: [{ expr: bytes('request'), legend: '{{service_name}}' }],
        }),
        chart({
          title: 'Bytes of responses',
          description: 'On the stream: status line, headers, body.',
          unit: 'Bps',
          width: 'half',
          links,
          queries: [{ expr: bytes('response'), legend: '{{service_name}}' }],
        }),
      ],
    },
  ],
};
