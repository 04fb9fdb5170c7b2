import { type AppError, fail, type Outcome, succeed } from '@tomte/kit';
import type { Column, ColumnType } from '@tomte/model';
import { queryError, quoted } from './query-error.ts';
import { parseDurationNs, parseSizeBytes } from './quantity.ts';
import { parseTime } from './time-range.ts';

/** A value of the asker, ready to be a server-side parameter. */
export interface ColumnParameter {
  readonly type: string;
  readonly text: string;
}

/** Ranges of the whole types, both ends included. */
const wholeRanges: Readonly<Record<string, readonly [bigint, bigint]>> = {
  UInt8: [0n, 255n],
  UInt16: [0n, 65_535n],
  UInt32: [0n, 4_294_967_295n],
  UInt64: [0n, 18_446_744_073_709_551_615n],
  Int32: [-2_147_483_648n, 2_147_483_647n],
};

/** The type without `Nullable` and `LowCardinality`, as a parameter is declared. */
export function plainType(type: ColumnType): string {
  return type.replace(/^(?:Nullable|LowCardinality)\((.*)\)$/, '$1');
}

export function isNullable(column: Column): boolean {
  return column.type.startsWith('Nullable');
}

/**
 * Reads the text of one value by its column: numbers are checked against the type's range, durations
 * take units (250ms), sizes too (10KiB), names of an Enum8 must be of its list.
 */
export function parseColumnValue(
  name: string,
  column: Column,
  text: string,
  nowNs: bigint,
): Outcome<ColumnParameter, AppError> {
  const type = plainType(column.type);
  if (type === 'String' || type === 'Map') return succeed({ type: 'String', text });
  if (type === 'Enum8') return enumName(name, column.values ?? [], text);
  if (type === 'Bool') return truth(name, text);
  if (type === 'IPv6') return address(name, text);
  if (type === 'DateTime64(9)') return time(text, nowNs);
  return wholeNumber(name, column, text);
}

function enumName(name: string, values: readonly string[], text: string): Outcome<ColumnParameter, AppError> {
  if (values.includes(text)) return succeed({ type: 'String', text });
  return invalid(name, text, `one of ${values.join(', ')}`);
}

function truth(name: string, text: string): Outcome<ColumnParameter, AppError> {
  if (text === 'true' || text === '1') return succeed({ type: 'Bool', text: 'true' });
  if (text === 'false' || text === '0') return succeed({ type: 'Bool', text: 'false' });
  return invalid(name, text, 'true or false');
}

function time(text: string, nowNs: bigint): Outcome<ColumnParameter, AppError> {
  const ns = parseTime(text, nowNs);
  return ns.ok ? succeed({ type: 'DateTime64(9)', text: ns.value.toString() }) : ns;
}

function wholeNumber(name: string, column: Column, text: string): Outcome<ColumnParameter, AppError> {
  const type = plainType(column.type);
  const [least, most] = wholeRanges[type] ?? [0n, 0n];
  const value = parseWhole(column, text);
  if (value !== undefined && value >= least && value <= most)
    return succeed({ type, text: value.toString() });
  const units = column.unit === 'ns' ? ' of nanoseconds, or with a unit (250ms)' : '';
  return invalid(name, text, `a whole number from ${least} to ${most}${units}`);
}

function parseWhole(column: Column, text: string): bigint | undefined {
  if (/^-?\d{1,20}$/.test(text)) return BigInt(text);
  if (column.unit === 'ns') return parseDurationNs(text);
  return column.unit === 'By' ? parseSizeBytes(text) : undefined;
}

function address(name: string, text: string): Outcome<ColumnParameter, AppError> {
  const mapped = toMappedAddress(text);
  return mapped === undefined
    ? invalid(name, text, 'an IPv4 or IPv6 address')
    : succeed({ type: 'IPv6', text: mapped });
}

/** IPv4 becomes v4-mapped IPv6, as it is stored; undefined when it is no address. */
export function toMappedAddress(text: string): string | undefined {
  if (isIpv4(text)) return `::ffff:${text}`;
  return isIpv6(text) ? text : undefined;
}

function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return (
    parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
  );
}

/** RFC 4291 §2.2: eight groups, one `::` for a run of zeros, the last two groups possibly as IPv4. */
function isIpv6(text: string): boolean {
  if (text.length > 45 || !/^[0-9a-fA-F:.]+$/.test(text)) return false;
  const lastColon = text.lastIndexOf(':');
  const tail = text.slice(lastColon + 1);
  if (tail.includes('.') && !isIpv4(tail)) return false;
  const groups = tail.includes('.') ? `${text.slice(0, lastColon + 1)}0:0` : text;
  const halves = groups.split('::');
  if (halves.length > 2) return false;
  const parts = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const isEveryGroup = parts.every((part) => /^[0-9a-fA-F]{1,4}$/.test(part));
  return isEveryGroup && (halves.length === 2 ? parts.length <= 7 : parts.length === 8);
}

function invalid(name: string, text: string, expected: string): Outcome<never, AppError> {
  const facts = `${quoted(text)} is no value of ${name}`;
  return fail(queryError('QUERY_VALUE_INVALID', facts, `Give ${expected}.`));
}
