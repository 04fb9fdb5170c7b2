/** Payload of one batch. Agents seal far below it; a collector refuses what is above. */
export const MAX_BATCH_BYTES = 8 * 1024 * 1024;
/** A whole gRPC message: a batch with its header. */
export const MAX_MESSAGE_BYTES = MAX_BATCH_BYTES + 64 * 1024;
/** Rows of one batch. */
export const MAX_BATCH_ROWS = 1_000_000;
