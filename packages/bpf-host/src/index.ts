export { BpfMap, keyOfUint32, keyOfUint64 } from './bpf-map.ts';
export type { BpfMapShape } from './bpf-map.ts';
export { BpfObject } from './bpf-object.ts';
export type { BpfLink, BpfProgram } from './bpf-object.ts';
export { errnoName } from './errno.ts';
export { bpfError } from './errors.ts';
export type { BpfErrorCode } from './errors.ts';
export { returnFreeMemory, unmapUnusedCode } from './free-memory.ts';
export { probeKernelFeatures } from './kernel-features.ts';
export type { KernelFeature } from './kernel-features.ts';
export { kernelKnows, pidNamespace, possibleCpus } from './machine.ts';
export { readTime, readUint64, timeOrigin } from './read-fields.ts';
export type { TimeOrigin } from './read-fields.ts';
export { RingReader } from './ring-reader.ts';
export { runProgram } from './test-run.ts';
export { wallClockNs } from './wall-clock.ts';
export { connectionEventBytes, decodeConnectionEvent, newConnectionEvent } from './gen/connection-event.ts';
export type { ConnectionEvent } from './gen/connection-event.ts';
export { countersBytes, decodeCounters, newCounters } from './gen/counters.ts';
export type { Counters } from './gen/counters.ts';
export { dataEventBytes, decodeDataEvent, newDataEvent } from './gen/data-event.ts';
export type { DataEvent } from './gen/data-event.ts';
export {
  connectionEventKind,
  connectionRole,
  direction,
  dropReason,
  eventSource,
  eventType,
  processPolicyValue,
  verdict,
} from './gen/enums.ts';
export { decodeEventHeader, eventHeaderOffsets, newEventHeader } from './gen/event-header.ts';
export type { EventHeader } from './gen/event-header.ts';
export { decodeExecEvent, newExecEvent } from './gen/exec-event.ts';
export type { ExecEvent } from './gen/exec-event.ts';
export { decodeExitEvent, newExitEvent } from './gen/exit-event.ts';
export type { ExitEvent } from './gen/exit-event.ts';
export { fileKeyBytes, fileKeyOffsets } from './gen/file-key.ts';
export { decodeMappingEvent, newMappingEvent } from './gen/mapping-event.ts';
export type { MappingEvent } from './gen/mapping-event.ts';
export { verdictRequestBytes, verdictRequestOffsets } from './gen/verdict-request.ts';
export { attachUprobeMulti, attachUprobes, BPF_TRACE_UPROBE_MULTI } from './uprobe.ts';
export type { UprobeSite } from './uprobe.ts';
export { tlsFunction, tlsWalk } from './gen/enums.ts';
export { decodeSyscallCounts, newSyscallCounts, syscallCountsBytes } from './gen/syscall-counts.ts';
export type { SyscallCounts } from './gen/syscall-counts.ts';
export { decodeSyscallKey, newSyscallKey, syscallKeyBytes } from './gen/syscall-key.ts';
