import { QueryClient } from '@tanstack/preact-query';
import { Problem } from './problem.ts';

/** Answers are kept while somebody looks at them and a minute longer. What the asker has to mend is not asked again. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        gcTime: 60_000,
        staleTime: 30_000,
        refetchOnWindowFocus: false,
        networkMode: 'always',
        retry: (failures, thrown) =>
          failures < 2 && thrown instanceof Problem && (thrown.status === 0 || thrown.status === 503),
        retryDelay: (failures) => 500 * 2 ** failures,
      },
    },
  });
}
