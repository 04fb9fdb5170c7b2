import { askedNamespace, askedService } from '@tomte/model';
import type { MetricLabel } from './metric.ts';

type Labels = Readonly<Record<string, MetricLabel>>;

/** The observed process. */
export const ownLabels: Labels = {
  service_name: { sql: 'r.service_name', meaning: 'Service of the observed process.' },
  k8s_namespace_name: { sql: 'r.k8s_namespace_name', meaning: 'Its namespace; none outside of a cluster.' },
};

/** Who was asked, from either end. */
export const askedLabels: Labels = {
  service_name: {
    sql: askedService,
    meaning:
      'The service that was asked; where no name of it is known, the host that was asked for, or its address.',
  },
  k8s_namespace_name: {
    sql: askedNamespace,
    meaning: 'Namespace of that service; none outside of a cluster.',
  },
};

export const peerLabels: Labels = {
  peer_service_name: {
    sql: askedService,
    meaning: 'The service that was asked, as service_name of the server.',
  },
  peer_k8s_namespace_name: { sql: 'r.peer_k8s_namespace_name', meaning: 'Namespace of that service.' },
};

export const httpLabels: Labels = {
  http_request_method: { sql: 'r.method', meaning: 'Method of the request.' },
  http_response_status_code: {
    sql: "ifNull(toString(r.status_code), '')",
    meaning: 'Status of the final response; none where it was not seen.',
  },
};

export const agentLabels: Labels = {
  agent_id: { sql: 'r.agent_id', meaning: 'The agent: stable across its restarts.' },
  host_name: { sql: 'r.host_name', meaning: 'The machine that it runs on.' },
};
