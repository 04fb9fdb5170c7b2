import { defaultRetention, MAX_RETENTION_DAYS, type Retention } from '@tomte/store';
import { userError } from './errors.ts';

type Days = Partial<Record<keyof Retention, number>>;

const ROLLUPS: readonly (keyof Retention)[] = [
  'service_1m_data',
  'edge_1m_data',
  'endpoint_1m_data',
  'process_1m_data',
  'rollup_minutes',
];
const tables = Object.keys(defaultRetention()) as readonly (keyof Retention)[]; // Proof: its own keys.

/** Rules such as `requests=30d`, later ones win; what no rule names keeps its default. */
export function parseRetention(rules: readonly string[] = []): Days {
  return Object.fromEntries(rules.flatMap((rule) => parseRule(rule)));
}

function parseRule(rule: string): (readonly [keyof Retention, number])[] {
  const [, name = '', number = ''] = /^([a-z0-9_]+)=(\d{1,6})d$/.exec(rule) ?? [];
  const days = Number(number);
  const named = tablesOf(name);
  if (named.length > 0 && days >= 1 && days <= MAX_RETENTION_DAYS)
    return named.map((table) => [table, days] as const);
  throw userError(
    'TOMTE_RETENTION_INVALID',
    `${JSON.stringify(rule)} does not say how long which rows are kept`,
    `Write TABLE=DAYSd with 1 to ${MAX_RETENTION_DAYS} days and one of: all, rollups, ${baseTables().join(', ')}.`,
  );
}

function tablesOf(name: string): readonly (keyof Retention)[] {
  if (name === 'all') return tables;
  return name === 'rollups' ? ROLLUPS : baseTables().filter((table) => table === name);
}

function baseTables(): (keyof Retention)[] {
  return tables.filter((table) => !ROLLUPS.includes(table));
}
