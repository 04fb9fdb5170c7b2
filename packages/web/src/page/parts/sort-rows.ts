import type { Row } from '../api/answer.ts';

/** By a column, `name` or `-name`; without one as they came. */
export function sortRows<T extends Row>(rows: readonly T[], sort: string | undefined): readonly T[] {
  if (sort === undefined || sort === '') return rows;
  const isDown = sort.startsWith('-');
  const name = isDown ? sort.slice(1) : sort;
  return rows.toSorted((a, b) => compare(a[name], b[name], isDown ? -1 : 1));
}

/** What is not known comes last, whichever way. */
function compare(a: unknown, b: unknown, sign: 1 | -1): number {
  const [isNoA, isNoB] = [a === null || a === undefined, b === null || b === undefined];
  if (isNoA || isNoB) return Number(isNoA) - Number(isNoB);
  if (typeof a === 'number' && typeof b === 'number') return sign * (a - b);
  return sign * String(a).localeCompare(String(b), 'en', { numeric: true });
}
