import { asked } from './asked.ts';
import { defineRedView } from './red-view.ts';

export const nodes = defineRedView({
  name: 'nodes',
  title: 'Nodes',
  meaning: 'Rate, errors and duration of the requests that were answered on a node, over the time range.',
  groups: { k8s_node_name: asked.node },
  links: [
    {
      column: 'k8s_node_name',
      view: 'pods',
      title: 'Its pods',
      parameters: { k8s_node_name: 'k8s_node_name' },
    },
  ],
});
