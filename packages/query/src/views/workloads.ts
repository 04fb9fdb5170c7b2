import { asked } from './asked.ts';
import { defineRedView } from './red-view.ts';

export const workloads = defineRedView({
  name: 'workloads',
  title: 'Workloads',
  meaning:
    'Rate, errors and duration of the requests that a Deployment, StatefulSet or other workload was asked, over the time range.',
  groups: {
    k8s_namespace_name: asked.namespace,
    k8s_workload_kind: asked.workloadKind,
    k8s_workload_name: asked.workload,
  },
  links: [
    {
      column: 'k8s_workload_name',
      view: 'pods',
      title: 'Its pods',
      parameters: { k8s_namespace_name: 'k8s_namespace_name', k8s_workload_name: 'k8s_workload_name' },
    },
  ],
});
