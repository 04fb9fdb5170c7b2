/** What can be put in order of its rate, and the view that does it. */
export const topViews = {
  service: 'services',
  endpoint: 'endpoints',
  workload: 'workloads',
  pod: 'pods',
  node: 'nodes',
  namespace: 'namespaces',
  edge: 'edges',
} as const;
