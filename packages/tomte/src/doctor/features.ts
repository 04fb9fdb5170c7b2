import type { Check } from './check.ts';
import { warn } from './check.ts';

/** What libbpf finds when it tries: each feature that the agent chooses by. */
export function featureChecks(): Promise<readonly Check[]> {
  return Promise.resolve([warn('probes', 'not available', 'This build has no feature probes.')]);
}
