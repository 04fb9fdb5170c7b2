import type { ApiClient } from '../api/api-client.ts';

/** Someone waits for the answer. */
const TIMEOUT_MS = 10_000;

/** The JSON of an answer, to a body that is posted where there is one. Throws a K8sError. */
export function askOnce(server: ApiClient, path: string, body?: object): Promise<unknown> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  return server.getJson({ path, signal, ...(body === undefined ? {} : { body }) });
}
