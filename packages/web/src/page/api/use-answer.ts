import { keepPreviousData, useQuery } from '@tanstack/preact-query';
import type { Range } from '../state/range.tsx';
import { askSql, askView, listViews, type Parameters, type SqlQuestion } from './client.ts';

/** The answer of a view in the page's time range; the one before stays until it is there. */
export function useView(name: string, parameters: Parameters, range: Range) {
  const asked = { from: range.from, to: range.to, ...parameters };
  return useQuery({
    queryKey: ['view', name, asked],
    queryFn: ({ signal }) => askView(name, asked, signal),
    placeholderData: keepPreviousData,
  });
}

export function useSql(question: SqlQuestion, isEnabled = true) {
  return useQuery({
    queryKey: ['sql', question],
    queryFn: ({ signal }) => askSql(question, signal),
    placeholderData: keepPreviousData,
    enabled: isEnabled,
  });
}

/** What can be asked: it changes with the program alone. */
export function useViews() {
  return useQuery({
    queryKey: ['views'],
    queryFn: ({ signal }) => listViews(signal),
    staleTime: Infinity,
  });
}
