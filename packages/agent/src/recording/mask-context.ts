/** Names, with what stands between them and their values. */
const NAME_BYTES = 1_024;
const NEAR_BYTES = 1_024;
const ASTERISK = 0x2a;

/**
 * What must be seen again to judge what comes behind `end`: the bytes before it, as they were, and where a
 * secret reaches up to it from further away, its name and first byte. At most some 2 KiB.
 */
export function contextBefore(original: Buffer, masked: Buffer, end: number): Buffer {
  let secretStart = end;
  while (secretStart > 0 && masked[secretStart - 1] === ASTERISK) secretStart -= 1;
  const nearStart = Math.max(0, end - NEAR_BYTES);
  const nameStart = Math.max(0, secretStart - NAME_BYTES);
  if (secretStart >= nearStart) return Buffer.from(original.subarray(Math.min(nearStart, nameStart), end));
  return Buffer.concat([original.subarray(nameStart, secretStart + 1), original.subarray(nearStart, end)]);
}
