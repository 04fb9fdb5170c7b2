export { agentService, CONNECT_PATH, encodeEntities } from './agent-service.ts';
export type { CollectorOutput } from './agent-service.ts';
export { compressBlocks, expandBlocks, knownCompressions } from './compression.ts';
export type { CompressedBlocks } from './compression.ts';
export { crc32c } from './crc32c.ts';
export { channelOptions, FLOW_WINDOW_BYTES, widenServerWindows } from './flow-control.ts';
export { AgentMessage, Batch, CollectorMessage, Compression, NackReason } from './gen/agent.ts';
export type {
  Ack,
  Credit,
  EntityUpdate,
  Hello,
  Nack,
  Pulse,
  SeqRange,
  TableSchema,
  Welcome,
} from './gen/agent.ts';
export { columnPlans, schemaHash } from './gen/column-plans.ts';
export { MAX_BATCH_BYTES, MAX_BATCH_ROWS, MAX_MESSAGE_BYTES } from './limits.ts';
export { MINIMUM_PROTOCOL_VERSION, negotiateVersion, PROTOCOL_VERSION } from './protocol-version.ts';
export type { VersionRange } from './protocol-version.ts';
export { BlockBuilder, BlockScratch } from './native/block-builder.ts';
export type { BatchRow, BlockLimits, ColumnWriters, SealedBlock } from './native/block-builder.ts';
export { blockFaults } from './native/block-fault.ts';
export type { BlockFault, BlockFaultCode } from './native/block-fault.ts';
export { columnPlanOf, dayOf } from './native/column-plan.ts';
export type { BlockType, ColumnPlan, Delivery, PlannedColumn } from './native/column-plan.ts';
export { stampBatch } from './native/delivery-columns.ts';
export { defaultInspectionLimits, inspectBlocks } from './native/inspect-blocks.ts';
export type { BlockInspectionLimits, ExpectedBatch, InspectedBlocks } from './native/inspect-blocks.ts';
export { MAX_MAP_ENTRIES } from './native/map-column.ts';
export { MAX_STRING_BYTES } from './native/string-column.ts';
export { Quarantine } from './quarantine.ts';
export type { QuarantineLimits } from './quarantine.ts';
