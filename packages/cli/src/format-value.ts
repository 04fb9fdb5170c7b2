import type { OutputColumn } from '@tomte/query';
import { neutralText } from './neutral-text.ts';

/** The value as people read it: units by the column's meaning, `-` where nothing is known. */
export function formatValue(value: unknown, column: OutputColumn | undefined): string {
  if (value === null || value === undefined || value === '') return '-';
  if (typeof value === 'number') return formatNumber(value, column);
  if (typeof value === 'string' && column?.semantic === 'time') return formatTimeOfDay(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return neutralText(typeof value === 'object' ? JSON.stringify(value) : String(value));
}

function formatNumber(value: number, column: OutputColumn | undefined): string {
  switch (column?.semantic) {
    case 'duration':
      return formatDuration(value);
    case 'bytes':
      return formatBytes(value);
    case 'ratio':
      return formatRatio(value);
    case 'count':
      return Number.isInteger(value) ? String(value) : threeDigits(value);
    default:
      return String(value);
  }
}

const durationUnits: readonly (readonly [number, string])[] = [
  [3.6e12, 'h'],
  [6e10, 'min'],
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'µs'],
];

/** Nanoseconds with a unit: `1.23 ms`. */
export function formatDuration(ns: number): string {
  const [factor, unit] = durationUnits.find(([least]) => ns >= least) ?? [1, 'ns'];
  return `${threeDigits(ns / factor)} ${unit}`;
}

const byteUnits: readonly (readonly [number, string])[] = [
  [2 ** 40, 'TiB'],
  [2 ** 30, 'GiB'],
  [2 ** 20, 'MiB'],
  [2 ** 10, 'KiB'],
];

export function formatBytes(bytes: number): string {
  const [factor, unit] = byteUnits.find(([least]) => bytes >= least) ?? [1, 'B'];
  return `${threeDigits(bytes / factor)} ${unit}`;
}

/** A part of a whole in percent; far beyond the whole it is a multiple. */
function formatRatio(ratio: number): string {
  return ratio > 10 ? `${threeDigits(ratio)}×` : `${threeDigits(ratio * 100)} %`;
}

function threeDigits(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 100) return Math.round(value).toString();
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

/** RFC 3339 → time of day here with milliseconds; the date only where it is not today's. */
export function formatTimeOfDay(text: string, now: Date = new Date()): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) return neutralText(text);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
  const isToday = time.toDateString() === now.toDateString();
  return `${isToday ? '' : `${day} `}${clock}.${String(time.getMilliseconds()).padStart(3, '0')}`;
}
