import type { Board } from '../board.ts';
import { boardLink, ofRow, ofSeries, pageLink } from '../links.ts';
import { table } from '../panels.ts';
import { errorRatio, quantile, requestRate, type Scope } from '../promql.ts';
import { durations, redBy, redStats } from '../red.ts';

const scope: Scope = { variables: {} };
const label = 'k8s_namespace_name';
const labels = [label, 'service_name'];
const histogram = 'http_server_request_duration_seconds';
const over = '$__range';

export const cluster: Board = {
  name: 'cluster',
  title: 'Cluster',
  description: 'Rate, errors and duration of all requests, by namespace and by service.',
  variables: [],
  rows: [
    { title: 'All requests', panels: redStats(scope) },
    {
      title: 'By namespace',
      panels: redBy({
        scope,
        label,
        links: [
          boardLink('Namespace', 'namespace', { namespace: ofSeries(label) }),
          pageLink("Services on Tomte's page", 'services', { namespace: ofSeries(label) }),
        ],
      }),
    },
    durations(scope),
    {
      title: 'Services',
      panels: [
        table({
          title: 'Services',
          description: 'Over the whole time range.',
          width: 'full',
          labels: { k8s_namespace_name: 'Namespace', service_name: 'Service' },
          columns: [
            { title: 'Requests', unit: 'reqps', expr: requestRate(scope, labels, over) },
            { title: 'Errors', unit: 'percentunit', expr: errorRatio(scope, labels, over) },
            ...[0.5, 0.95, 0.99].map((rank) => ({
              title: `p${rank * 100}`,
              unit: 's' as const,
              expr: quantile(rank, { histogram, scope, labels, over }),
            })),
          ],
          linked: 'Service',
          links: [
            boardLink('Service', 'service', { namespace: ofRow('Namespace'), service: ofRow('Service') }),
            pageLink("Tomte's page", 'service', { name: ofRow('Service'), namespace: ofRow('Namespace') }),
          ],
        }),
      ],
    },
  ],
};
