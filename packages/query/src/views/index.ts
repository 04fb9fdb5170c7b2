import type { AnyView } from '../view.ts';
import { address } from './address.ts';
import { agentsOverTime } from './agents-over-time.ts';
import { agents } from './agents.ts';
import { connections } from './connections.ts';
import { costOfObserving } from './cost-of-observing.ts';
import { coverage } from './coverage.ts';
import { dataQuality } from './data-quality.ts';
import { dependencyChanges } from './dependency-changes.ts';
import { deployComparison } from './deploy-comparison.ts';
import { edges } from './edges.ts';
import { endpoints } from './endpoints.ts';
import { entities } from './entities.ts';
import { failedConnections } from './failed-connections.ts';
import { inboundConnections } from './inbound-connections.ts';
import { k8sEvents } from './k8s-events.ts';
import { largestRequests } from './largest-requests.ts';
import { latencyHeatmap } from './latency-heatmap.ts';
import { lossSummary } from './loss-summary.ts';
import { loss } from './loss.ts';
import { namespaceEdges } from './namespace-edges.ts';
import { namespaces } from './namespaces.ts';
import { netFlowGraph } from './net-flow-graph.ts';
import { nodes } from './nodes.ts';
import { outboundConnections } from './outbound-connections.ts';
import { podEdges } from './pod-edges.ts';
import { pods } from './pods.ts';
import { probes } from './probes.ts';
import { processEvents } from './process-events.ts';
import { processRequests } from './process-requests.ts';
import { processes } from './processes.ts';
import { requestDurations } from './request-durations.ts';
import { requestsOverTime } from './requests-over-time.ts';
import { requests } from './requests.ts';
import { services } from './services.ts';
import { sloBurn } from './slo-burn.ts';
import { slowRequests } from './slow-requests.ts';
import { statusCodes } from './status-codes.ts';
import { syscallsOverTime } from './syscalls-over-time.ts';
import { syscalls } from './syscalls.ts';
import { tcpRetransmits } from './tcp-retransmits.ts';
import { traces } from './traces.ts';
import { unresolvedPeers } from './unresolved-peers.ts';
import { workloads } from './workloads.ts';

/** Every view: REST, command line, web page and documentation are made from this list. */
export const views: readonly AnyView[] = [
  requests,
  services,
  edges,
  endpoints,
  namespaces,
  workloads,
  pods,
  nodes,
  namespaceEdges,
  podEdges,
  requestsOverTime,
  requestDurations,
  latencyHeatmap,
  statusCodes,
  slowRequests,
  largestRequests,
  traces,
  deployComparison,
  dependencyChanges,
  sloBurn,
  connections,
  netFlowGraph,
  inboundConnections,
  outboundConnections,
  failedConnections,
  tcpRetransmits,
  address,
  coverage,
  processes,
  processRequests,
  processEvents,
  syscalls,
  syscallsOverTime,
  entities,
  k8sEvents,
  unresolvedPeers,
  loss,
  lossSummary,
  dataQuality,
  agents,
  agentsOverTime,
  costOfObserving,
  probes,
];
