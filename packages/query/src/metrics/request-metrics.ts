import { requests as record } from '@tomte/model';
import { askedLabels, httpLabels, ownLabels, peerLabels } from './labels.ts';
import type { MetricFamily } from './metric.ts';

const isHttp = "r.protocol = 'http'";

export const requestMetrics: readonly MetricFamily[] = [
  {
    name: 'http_server_request_duration_seconds',
    type: 'histogram',
    help: 'Duration of the requests that a service was asked: first byte of the request to last byte of the response. Requests whose duration is not known are in tomte_requests_total alone.',
    unit: 'seconds',
    record,
    kind: 'accumulated',
    labels: { ...askedLabels, ...httpLabels },
    where: [isHttp],
    once: true,
    value: 'r.duration_ns',
  },
  {
    name: 'http_client_request_duration_seconds',
    type: 'histogram',
    help: 'Duration of the requests that a service sent, as it saw them itself.',
    unit: 'seconds',
    record,
    kind: 'accumulated',
    labels: { ...ownLabels, ...peerLabels, ...httpLabels },
    where: [isHttp, "r.role = 'client'"],
    value: 'r.duration_ns',
  },
  {
    name: 'tomte_requests_total',
    type: 'counter',
    help: 'Requests that a service was asked, of any protocol and with any end.',
    unit: '',
    record,
    kind: 'accumulated',
    labels: {
      ...askedLabels,
      network_protocol_name: { sql: 'toString(r.protocol)', meaning: 'Application protocol.' },
      outcome: {
        sql: 'toString(r.outcome)',
        meaning: 'ok, client_error, server_error, not_observed (no response was seen), aborted or timed_out.',
      },
    },
    once: true,
    value: 'count()',
  },
  ...(['request', 'response'] as const).map((side): MetricFamily => ({
    name: `tomte_${side}_bytes_total`,
    type: 'counter',
    help: `Bytes on the stream of the ${side}s of a service: start line, headers, body with its framing.`,
    unit: 'bytes',
    record,
    kind: 'accumulated',
    labels: askedLabels,
    once: true,
    value: `sum(r.${side}_bytes)`,
  })),
];
