/** What can be wrong with bytes that claim to be our blocks. Never shown with the bytes themselves. */
export const blockFaults = {
  BLOCK_TRUNCATED: 'the bytes end inside of a block',
  BLOCK_TOO_LARGE: 'more rows, blocks or bytes in a value than the limits allow',
  BLOCK_EMPTY: 'no rows',
  BLOCK_COLUMN_MISMATCH: 'a column that the plan of the table does not have at this place',
  BLOCK_VALUE_INVALID: 'a value outside of its type: enum number, bool, null flag or map offset',
  BLOCK_ROWS_MISMATCH: 'another number of rows than the batch header says',
  BLOCK_TIME_MISMATCH: 'times outside of the day or the range that the batch header says',
  BLOCK_BATCH_MISMATCH: 'rows of another batch than the batch header says',
} as const;

export type BlockFaultCode = keyof typeof blockFaults;

export interface BlockFault {
  readonly code: BlockFaultCode;
  readonly message: string;
}

export function blockFault(code: BlockFaultCode, detail: string): BlockFault {
  return { code, message: `${blockFaults[code]}: ${detail}` };
}
