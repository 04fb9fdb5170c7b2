import { keepPreviousData, useQuery } from '@tanstack/preact-query';
import { askCompletion } from './client.ts';

/** Values of a column that begin so, the most frequent first; none while no column is named. */
export function useSuggestions(
  field: string | undefined,
  prefix: string,
  span: { readonly from: string; readonly to: string },
) {
  const { data } = useQuery({
    queryKey: ['complete', field, prefix, span.from, span.to],
    queryFn: ({ signal }) => askCompletion({ field, prefix, from: span.from, to: span.to, limit: 8 }, signal),
    enabled: field !== undefined,
    placeholderData: keepPreviousData,
    retry: false,
  });
  return field === undefined ? [] : (data ?? []);
}
