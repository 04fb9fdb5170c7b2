import { agentMetrics } from './agent-metrics.ts';
import { type MetricFamily, type MetricName, namesOf } from './metric.ts';
import { connectionMetrics, syscallMetrics } from './process-metrics.ts';
import { requestMetrics } from './request-metrics.ts';

/** Every metric, in the order of the reference. */
export const metrics: readonly MetricFamily[] = [
  ...requestMetrics,
  ...connectionMetrics,
  ...syscallMetrics,
  ...agentMetrics,
];

export const metricNames: readonly MetricName[] = metrics.flatMap(namesOf);
