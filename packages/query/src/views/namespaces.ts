import { asked } from './asked.ts';
import { defineRedView } from './red-view.ts';

export const namespaces = defineRedView({
  name: 'namespaces',
  title: 'Namespaces',
  meaning: 'Rate, errors and duration of the requests that a namespace was asked, over the time range.',
  groups: { k8s_namespace_name: asked.namespace },
  links: [
    {
      column: 'k8s_namespace_name',
      view: 'services',
      title: 'Its services',
      parameters: { k8s_namespace_name: 'k8s_namespace_name' },
    },
  ],
});
