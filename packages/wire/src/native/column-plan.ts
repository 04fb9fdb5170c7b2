import type { TableName } from '@tomte/model';
import { columnPlans } from '../gen/column-plans.ts';

/** Column types that occur in our Native blocks; the server casts them to the table's own. */
export type BlockType =
  | 'UInt8'
  | 'UInt16'
  | 'UInt32'
  | 'UInt64'
  | 'Int8'
  | 'Int32'
  | 'Bool'
  | 'String'
  | 'DateTime64(9)'
  | 'IPv6'
  | 'Map(String, String)'
  | 'Nullable(UInt16)'
  | 'Nullable(UInt32)'
  | 'Nullable(UInt64)';

export interface PlannedColumn {
  readonly name: string;
  readonly type: BlockType;
  /** The table computes it: only older agents send it, and the store passes it over. */
  readonly isComputed?: true;
  /** Names of an enum that travels as Int8: a stored number is an index of this list. */
  readonly values?: readonly string[];
}

export interface ColumnPlan {
  readonly table: TableName;
  readonly timeColumn: string;
  /** SHA-256 of the plan, in hexadecimal. */
  readonly hash: string;
  readonly columns: readonly PlannedColumn[];
}

export function columnPlanOf(table: TableName): ColumnPlan {
  return columnPlans[table];
}

/** Filled in when the batch is sealed, equal on all of its rows; the last columns of every plan. */
export const deliveryColumnNames = [
  'k8s_cluster_name',
  'host_name',
  'agent_id',
  'spool_id',
  'batch_seq',
] as const;
export type DeliveryColumnName = (typeof deliveryColumnNames)[number];

/** Which batch a block is, and from where. */
export interface Delivery {
  readonly clusterName: string;
  readonly hostName: string;
  readonly agentId: string;
  readonly spoolId: bigint;
  readonly batchSeq: bigint;
}

const NS_PER_DAY = 86_400_000_000_000n;

/** UTC day of a time, as days since the Unix epoch: the partition that it lies in. */
export function dayOf(timeNs: bigint): number {
  const day = timeNs / NS_PER_DAY;
  return Number(timeNs < 0n && timeNs % NS_PER_DAY !== 0n ? day - 1n : day);
}
