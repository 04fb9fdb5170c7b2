import type { Delivery } from './column-plan.ts';
import { putVarUint } from './var-uint.ts';

const headerOf = (name: string, type: string): Buffer =>
  Buffer.concat([
    Buffer.from([name.length]),
    Buffer.from(name),
    Buffer.from([type.length]),
    Buffer.from(type),
  ]);

const SPOOL_ID_HEADER = headerOf('spool_id', 'UInt64');
const BATCH_SEQ_HEADER = headerOf('batch_seq', 'UInt64');

function repeated(value: Uint8Array, rows: number): Buffer {
  return Buffer.alloc(value.length * rows, value);
}

function stringColumn(name: string, value: string, rows: number): Buffer {
  const bytes = Buffer.from(value);
  const prefixed = Buffer.alloc(bytes.length + 5);
  const start = putVarUint(prefixed, 0, bytes.length);
  bytes.copy(prefixed, start);
  return Buffer.concat([
    headerOf(name, 'String'),
    repeated(prefixed.subarray(0, start + bytes.length), rows),
  ]);
}

function uint64Bytes(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

/** The last five columns of a block: the same value on each of its rows. */
export function deliveryBytes(delivery: Delivery, rows: number): Buffer {
  return Buffer.concat([
    stringColumn('k8s_cluster_name', delivery.clusterName, rows),
    stringColumn('host_name', delivery.hostName, rows),
    stringColumn('agent_id', delivery.agentId, rows),
    SPOOL_ID_HEADER,
    repeated(uint64Bytes(delivery.spoolId), rows),
    BATCH_SEQ_HEADER,
    repeated(uint64Bytes(delivery.batchSeq), rows),
  ]);
}

/**
 * Numbers a sealed block in place, where the spool gives the number after the sealing.
 * False, and nothing changed, when the payload is not one block of ours with that many rows.
 */
export function stampBatch(
  payload: Uint8Array,
  rows: number,
  id: Pick<Delivery, 'spoolId' | 'batchSeq'>,
): boolean {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const seqStart = bytes.length - rows * 8;
  const spoolStart = seqStart - BATCH_SEQ_HEADER.length - rows * 8;
  if (spoolStart < SPOOL_ID_HEADER.length) return false;
  const spoolHeader = bytes.subarray(spoolStart - SPOOL_ID_HEADER.length, spoolStart);
  if (!SPOOL_ID_HEADER.equals(spoolHeader)) return false;
  if (!BATCH_SEQ_HEADER.equals(bytes.subarray(seqStart - BATCH_SEQ_HEADER.length, seqStart))) return false;
  bytes.fill(uint64Bytes(id.spoolId), spoolStart, spoolStart + rows * 8);
  bytes.fill(uint64Bytes(id.batchSeq), seqStart);
  return true;
}
