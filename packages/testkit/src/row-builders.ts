import { records } from '@tomte/model';
import type { AnyRecord, Column, RowOf, TableName } from '@tomte/model';
import { Random } from './random.ts';

export type RowOfTable<T extends TableName> = RowOf<(typeof records)[T]>;

/** 2026-01-15 00:00:00 UTC in nanoseconds: a day with no daylight saving or leap second near it. */
export const TEST_DAY_START_NS = 1_768_435_200_000_000_000n;
const NS_PER_DAY = 86_400_000_000_000n;

const words = [
  'checkout',
  'cart',
  'search',
  'billing',
  'GET',
  'POST',
  '1.1',
  'nginx',
  'größe',
  '',
  'a b\t"c\'\\',
];

/** Few different values, as in columns of low cardinality, some of them awkward. */
function randomText(random: Random): string {
  return random.below(4) === 0 ? `${random.pick(words)}-${random.below(1000)}` : random.pick(words);
}

function randomMap(random: Random): Readonly<Record<string, string>> {
  const count = random.below(5);
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`key-${index}-${random.below(9)}`, randomText(random)]),
  );
}

/** A latency of nanosecond resolution, long-tailed: 20 µs to some seconds. */
function randomDuration(random: Random): bigint {
  return BigInt(Math.floor(20_000 / Math.max(1e-5, 1 - random.uint32() / 0x1_0000_0000)));
}

function orNull<T>(random: Random, value: T): T | null {
  return random.below(5) === 0 ? null : value;
}

function randomNullable(column: Column, random: Random): number | bigint | null {
  switch (column.type) {
    case 'Nullable(UInt16)':
      return orNull(random, random.below(65_536));
    case 'Nullable(UInt32)':
      return orNull(random, random.uint32());
    default:
      return orNull(random, column.semantic === 'duration' ? randomDuration(random) : random.uint64());
  }
}

function randomNumber(column: Column, random: Random): number {
  const bounds = { UInt8: 256, UInt16: 65_536, UInt32: 0x1_0000_0000, Int32: 0x1_0000_0000 };
  const bound = column.type in bounds ? bounds[column.type as keyof typeof bounds] : 1; // Proof: tested with `in`.
  return column.type === 'Int32' ? random.uint32() | 0 : random.below(bound);
}

function randomValue(column: Column, random: Random): unknown {
  switch (column.type) {
    case 'String':
    case 'LowCardinality(String)':
      return randomText(random);
    case 'Bool':
      return random.below(2) === 1;
    case 'Enum8':
      return random.pick(column.values ?? []);
    case 'Map':
      return randomMap(random);
    case 'IPv6':
      return random.bytes(16);
    case 'UInt64':
      return column.semantic === 'bytes' ? BigInt(random.below(1_000_000)) : random.uint64();
    case 'DateTime64(9)':
      return TEST_DAY_START_NS + (random.uint64() % NS_PER_DAY);
    case 'Nullable(UInt16)':
    case 'Nullable(UInt32)':
    case 'Nullable(UInt64)':
      return randomNullable(column, random);
    default:
      return randomNumber(column, random);
  }
}

/**
 * A random row of any record, repeatable by the state of `random`. Its time lies within the day that
 * starts at `TEST_DAY_START_NS`; what a test cares about it overrides.
 */
export function randomRow<T extends TableName>(
  table: T,
  random: Random,
  overrides: Partial<RowOfTable<T>> = {},
): RowOfTable<T> {
  const record: AnyRecord = records[table];
  const entries = Object.entries(record.columns)
    .filter(([, column]) => column.computed === undefined)
    .map(([name, column]) => [name, randomValue(column, random)]);
  const row: unknown = { ...Object.fromEntries(entries), ...overrides };
  return row as RowOfTable<T>; // Proof: randomValue follows the column's type, as RowOf does.
}

/** `count` rows from one seed. */
export function randomRows<T extends TableName>(
  table: T,
  options: { readonly count: number; readonly seed: number; readonly overrides?: Partial<RowOfTable<T>> },
): RowOfTable<T>[] {
  const random = new Random(options.seed);
  return Array.from({ length: options.count }, () => randomRow(table, random, options.overrides));
}
