import type { OutputColumn } from '@tomte/query';
import { clockOf, dayOf } from '../state/time.ts';

/** What a front end needs to know of a column to write its values. */
export type Shape = Pick<OutputColumn, 'semantic'> & { readonly unit?: OutputColumn['unit'] };

/** The value as people read it; an en dash where nothing is known. */
export function formatValue(value: unknown, column: Shape | undefined): string {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return formatNumber(value, column);
  if (typeof value === 'object') return JSON.stringify(value);
  if (column?.semantic === 'time') return formatTime(String(value));
  return String(value);
}

function formatNumber(value: number, column: Shape | undefined): string {
  switch (column?.semantic) {
    case 'duration':
      return formatDuration(value);
    case 'bytes':
      return formatBytes(value);
    case 'ratio':
      return formatRatio(value);
    case 'count':
      return formatCount(value);
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
  const [factor, unit] = durationUnits.find(([least]) => Math.abs(ns) >= least) ?? [1, 'ns'];
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
export function formatRatio(ratio: number): string {
  if (ratio === 0) return '0 %';
  return ratio > 10 ? `${threeDigits(ratio)}×` : `${threeDigits(ratio * 100)} %`;
}

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** Whole numbers in groups of three (`12,345`), others with three digits. */
export function formatCount(value: number): string {
  return Number.isInteger(value) || Math.abs(value) >= 1_000 ? grouped.format(value) : threeDigits(value);
}

/** Events by second: `12.3 /s`. */
export function formatRate(perSecond: number): string {
  if (perSecond >= 10_000) return `${threeDigits(perSecond / 1_000)} k/s`;
  return `${perSecond === 0 ? '0' : threeDigits(perSecond)} /s`;
}

function threeDigits(value: number): string {
  const size = Math.abs(value);
  if (Number.isInteger(value) || size >= 100) return Math.round(value).toString();
  if (size >= 10) return value.toFixed(1);
  return size >= 0.01 || size === 0 ? value.toFixed(2) : value.toPrecision(2);
}

/** RFC 3339 → time here with milliseconds; the date only where it is not today's. */
export function formatTime(text: string, now: Date = new Date()): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) return text;
  const day = dayOf(time) === dayOf(now) ? '' : `${dayOf(time)} `;
  return `${day}${clockOf(time)}.${String(time.getMilliseconds()).padStart(3, '0')}`;
}
