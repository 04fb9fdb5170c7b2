import { Batch } from './gen/agent.ts';
import { putVarUint, varUintBytes } from './native/var-uint.ts';

/** Tag of `batch` in AgentMessage and of `payload` in Batch: field number and "length-delimited" (wire type 2). */
const BATCH_TAG = (2 << 3) | 2;
const PAYLOAD_TAG = (9 << 3) | 2;

const noBytes = new Uint8Array(0);

/**
 * The bytes of an AgentMessage with this batch, as the generated encoder makes them, but `payload` comes last. That encoder grows a buffer to the next power of two, shifts all to make room for a length and copies once
 * more: 3 MiB beside each 1 MiB of payload, which V8 keeps until 64 MiB have gathered. Here it is copied once.
 */
export function encodeBatchMessage(batch: Batch): Buffer {
  const head = Batch.encode({ ...batch, payload: noBytes }).finish();
  const payloadBytes = batch.payload.length;
  const payloadFieldBytes = payloadBytes === 0 ? 0 : 1 + varUintBytes(payloadBytes) + payloadBytes;
  const batchBytes = head.length + payloadFieldBytes;
  const message = Buffer.allocUnsafeSlow(1 + varUintBytes(batchBytes) + batchBytes);
  message[0] = BATCH_TAG;
  let at = putVarUint(message, 1, batchBytes);
  message.set(head, at);
  if (payloadBytes === 0) return message;
  at += head.length;
  message[at] = PAYLOAD_TAG;
  at = putVarUint(message, at + 1, payloadBytes);
  message.set(batch.payload, at);
  return message;
}
