export { agentService, CONNECT_PATH } from './agent-service.ts';
export { crc32c } from './crc32c.ts';
export { channelOptions, FLOW_WINDOW_BYTES, widenServerWindows } from './flow-control.ts';
export { AgentMessage, Batch, CollectorMessage, NackReason } from './gen/agent.ts';
export type { Ack, Credit, Hello, Nack, Pulse, SeqRange, TableSchema, Welcome } from './gen/agent.ts';
export { columnPlans, schemaHash } from './gen/column-plans.ts';
export { MAX_BATCH_BYTES, MAX_BATCH_ROWS, MAX_MESSAGE_BYTES } from './limits.ts';
export { MINIMUM_PROTOCOL_VERSION, negotiateVersion, PROTOCOL_VERSION } from './protocol-version.ts';
export type { VersionRange } from './protocol-version.ts';
