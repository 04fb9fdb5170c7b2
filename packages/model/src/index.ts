export { catalogue, findColumn } from './catalogue.ts';
export type { CatalogueColumn, CatalogueTable } from './catalogue.ts';
export type { Column, ColumnType, ColumnValue, Pii, SemanticType, Unit } from './column.ts';
export {
  andAlso,
  askedColumn,
  askedNamespace,
  askedService,
  askingColumn,
  askingNamespace,
  askingService,
  clientJoin,
  countsOnce,
  isClientObserved,
  pairToleranceSeconds,
} from './pairing.ts';
export type { ClientJoin, RowCondition } from './pairing.ts';
export { bucketBoundsNs, sketchLevels } from './sketch.ts';
export {
  learntPlaces,
  learntTemplate,
  maxSiblings,
  maxTemplateSegments,
  namePlaceholder,
  pathRules,
  pathTemplate,
  restPlaceholder,
} from './path-template.ts';
export type { PathRule } from './path-template.ts';
export { protocolId, protocolNames } from './protocol-id.ts';
export type { ProtocolName } from './protocol-id.ts';
export { defineRecord } from './record.ts';
export type { AnyRecord, RecordDefinition, RowOf, SentColumns } from './record.ts';
export { agentStatus } from './records/agent-status.ts';
export { peerKinds } from './records/common-columns.ts';
export type { PeerKind } from './records/common-columns.ts';
export { connections } from './records/connections.ts';
export { collectorRecords, records, storedRecords, tableNames } from './records/index.ts';
export type { CollectorTableName, StoredTableName, TableName } from './records/index.ts';
export { k8sEntities } from './records/k8s-entities.ts';
export { k8sEvents } from './records/k8s-events.ts';
export { COUNTED_IN_KERNEL, loss, lossReasons } from './records/loss.ts';
export type { LossReason } from './records/loss.ts';
export { probeStatus } from './records/probe-status.ts';
export { processEvents } from './records/process-events.ts';
export { outcomes, requests } from './records/requests.ts';
export type { RequestOutcome } from './records/requests.ts';
export { syscallStats } from './records/syscall-stats.ts';
export { namespacedTables, otherTables } from './visibility.ts';
export type { NamespacedTable } from './visibility.ts';
