import { storedColumn } from './columns.ts';
import { requests as record } from '@tomte/model';
import { asked } from './asked.ts';
import { defineRedView } from './red-view.ts';

export const statusCodes = defineRedView({
  name: 'status-codes',
  title: 'Status codes',
  meaning: 'Rate and duration of the requests by service and how they ended, over the time range.',
  groups: {
    k8s_namespace_name: asked.namespace,
    service_name: asked.service,
    outcome: { ...storedColumn(record, 'outcome'), sql: 'r.outcome' },
    status_code: { ...storedColumn(record, 'status_code'), sql: 'r.status_code' },
  },
  chart: { kind: 'bars', label: 'status_code', value: 'request_count' },
  links: [
    {
      column: 'status_code',
      view: 'requests',
      title: 'These requests',
      parameters: { status_code: 'status_code', service_name: 'service_name' },
    },
  ],
});
