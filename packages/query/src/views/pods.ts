import { asked } from './asked.ts';
import { defineRedView } from './red-view.ts';

export const pods = defineRedView({
  name: 'pods',
  title: 'Pods',
  meaning: 'Rate, errors and duration of the requests that a pod was asked, over the time range.',
  groups: {
    k8s_namespace_name: asked.namespace,
    k8s_workload_name: asked.workload,
    k8s_node_name: asked.node,
    k8s_pod_name: asked.pod,
  },
  links: [
    {
      column: 'k8s_pod_name',
      view: 'pod-edges',
      title: 'Who asks it, and whom it asks',
      parameters: { k8s_namespace_name: 'k8s_namespace_name', k8s_pod_name: 'k8s_pod_name' },
    },
    {
      column: 'k8s_pod_name',
      view: 'processes',
      title: 'Its processes',
      parameters: { k8s_namespace_name: 'k8s_namespace_name', k8s_pod_name: 'k8s_pod_name' },
    },
    {
      column: 'k8s_node_name',
      view: 'nodes',
      title: 'Its node',
      parameters: { k8s_node_name: 'k8s_node_name' },
    },
  ],
});
