import { askedNamespace, askingNamespace } from '@tomte/model';
import { named } from './columns.ts';
import { defineRedView } from './red-view.ts';

export const namespaceEdges = defineRedView({
  name: 'namespace-edges',
  title: 'Namespace to namespace',
  meaning: 'Rate, errors and duration of the requests from one namespace to another, over the time range.',
  groups: {
    client_namespace_name: {
      ...named('namespace', 'Namespace that asked; empty where there is none or it is not known.'),
      sql: askingNamespace,
    },
    server_namespace_name: {
      ...named('namespace', 'Namespace that was asked; empty where there is none or it is not known.'),
      sql: askedNamespace,
    },
  },
  ends: { k8s_namespace_name: ['client_namespace_name', 'server_namespace_name'] },
  client: [],
  chart: {
    kind: 'graph',
    from: 'client_namespace_name',
    to: 'server_namespace_name',
    weight: 'requests_per_second',
  },
});
