import type { Column } from '@tomte/model';
import { AddressColumn } from './address-column.ts';
import type { PlannedColumn } from './column-plan.ts';
import type { ColumnWriter } from './column-writer.ts';
import { MapColumn } from './map-column.ts';
import { NullableColumn, NullableUint64Column } from './nullable-column.ts';
import { BoolColumn, EnumColumn, NumberColumn } from './number-columns.ts';
import { StringColumn } from './string-column.ts';
import { Uint64Column } from './uint64-column.ts';

/** The writer of a model column, by its type. */
export type WriterOf<C extends Column> = C['type'] extends 'String' | 'LowCardinality(String)'
  ? StringColumn
  : C['type'] extends 'UInt64' | 'DateTime64(9)'
    ? Uint64Column
    : C['type'] extends 'Bool'
      ? BoolColumn
      : C['type'] extends 'Map'
        ? MapColumn
        : C['type'] extends 'IPv6'
          ? AddressColumn
          : C['type'] extends 'Nullable(UInt64)'
            ? NullableUint64Column
            : C['type'] extends 'Nullable(UInt16)' | 'Nullable(UInt32)'
              ? NullableColumn
              : C['type'] extends 'Enum8'
                ? C['values'] extends readonly (infer Name extends string)[]
                  ? EnumColumn<Name>
                  : never
                : NumberColumn;

/** A writer whose values the compiler does not know; the plan proves that writer and column agree. */
export type AnyWriter = ColumnWriter<never>;

export function createWriter(column: PlannedColumn): AnyWriter {
  switch (column.type) {
    case 'UInt8':
      return new NumberColumn(Uint8Array);
    case 'UInt16':
      return new NumberColumn(Uint16Array);
    case 'UInt32':
      return new NumberColumn(Uint32Array);
    case 'Int32':
      return new NumberColumn(Int32Array);
    case 'Int8':
      return new EnumColumn(column.values ?? []);
    case 'Bool':
      return new BoolColumn();
    case 'String':
      return new StringColumn();
    case 'UInt64':
    case 'DateTime64(9)':
      return new Uint64Column();
    case 'IPv6':
      return new AddressColumn();
    case 'Map(String, String)':
      return new MapColumn();
    case 'Nullable(UInt16)':
      return new NullableColumn(new NumberColumn(Uint16Array));
    case 'Nullable(UInt32)':
      return new NullableColumn(new NumberColumn(Uint32Array));
    case 'Nullable(UInt64)':
      return new NullableUint64Column();
  }
}
