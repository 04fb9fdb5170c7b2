import { type ApiClientOptions, DEFAULT_URL } from './api-client.ts';
import type { Io } from './io.ts';
import type { ApiOptionValues } from './verb-options.ts';

/** Options first, then the environment, then the default. */
export function clientOptions(options: ApiOptionValues, io: Io): ApiClientOptions {
  return {
    url: options.url ?? io.env['TOMTE_URL'] ?? DEFAULT_URL,
    token: options.token ?? io.env['TOMTE_TOKEN'],
    signal: io.signal,
  };
}
