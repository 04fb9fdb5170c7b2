export type { Asker } from './access/asker.ts';
export { ClusterAccess } from './access/cluster-access.ts';
export type { PodAccess } from './access/cluster-access.ts';
export { RequestHeaders } from './access/request-header.ts';
export { toContainerId } from './container/container-id.ts';
export { toContainerName } from './container/container-name.ts';
export type { NamedContainer } from './container/container-name.ts';
export { containerOf } from './container/container-of.ts';
export type { ContainerFacts } from './container/container-of.ts';
export { toPodUid } from './container/pod-uid.ts';
export type { Peer, PeerDirectory } from './address-book/peer.ts';
export type { Entity, NodeEntity, ObjectEntity, PodEntity, ServiceEntity, ServicePort } from './entities.ts';
export type {
  AddressRange,
  EntityUpdate,
  FeedPosition,
  NodeEntry,
  PodEntry,
  ServiceEntry,
} from './feed/entity-update.ts';
export type { NodeContainer, NodePod, NodePods } from './node-pods/node-pod.ts';
export { AddressBook } from './address-book/address-book.ts';
export type { AddressBookStats } from './address-book/address-book.ts';
export { parseAddress, toMapped } from './address-bytes.ts';
export { EntityFeed } from './feed/entity-feed.ts';
export type { EntityFeedStats } from './feed/entity-feed.ts';
export type { EntityFeedOptions } from './feed/feed-options.ts';
export type { FeedSink, FeedSubscriber } from './feed/feed-subscriber.ts';
export { ApiClient } from './api/api-client.ts';
export type { ApiRequest, ApiServer } from './api/api-client.ts';
export { K8sError } from './api/errors.ts';
export { watchNodePods } from './node-pods/watch-node-pods.ts';
export type { NodePodsOptions } from './node-pods/watch-node-pods.ts';
export type { KeptNamesOptions } from './objects/kept-names.ts';
export type { KubernetesEvent } from './cluster-watch/kubernetes-event.ts';
export type {
  ClusterWatch,
  ClusterWatchOptions,
  ClusterWatchStats,
  CustomOwner,
} from './cluster-watch/options.ts';
export { watchCluster } from './cluster-watch/watch-cluster.ts';
export { EntityHistory } from './history/entity-history.ts';
export type { EntityHistoryOptions, OpenRow } from './history/entity-history.ts';
export { toEventRow } from './history/entity-row.ts';
export type { EntityRow, EventRow } from './history/entity-row.ts';
export { AgentTokens } from './access/agent-tokens.ts';
export type { AgentTokenRules, AgentTokenVerdict } from './access/agent-tokens.ts';
