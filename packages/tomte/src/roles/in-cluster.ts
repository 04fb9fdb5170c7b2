import { readFile } from 'node:fs/promises';
import type { ApiServer } from '@tomte/k8s';
import { userError } from '../errors.ts';

/** Where kubelet mounts a pod's service account. */
const ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The API server of the cluster that this process runs in, as every pod is told of it.
 * @throws AppError TOMTE_NOT_IN_CLUSTER
 */
export async function inClusterServer(
  env: NodeJS.ProcessEnv,
  accountFolder = ACCOUNT_FOLDER,
): Promise<ApiServer> {
  const host = env['KUBERNETES_SERVICE_HOST'];
  const port = env['KUBERNETES_SERVICE_PORT'] ?? '443';
  const ca = await readFile(`${accountFolder}/ca.crt`, 'utf8').catch(() => undefined);
  if (host === undefined || ca === undefined) {
    const facts =
      host === undefined ? 'KUBERNETES_SERVICE_HOST is not set' : `there is no ${accountFolder}/ca.crt`;
    const remedy = 'Run it in a pod with a service account mounted, or leave --kubernetes away.';
    throw userError('TOMTE_NOT_IN_CLUSTER', `this is no pod of a cluster: ${facts}`, remedy);
  }
  const address = host.includes(':') ? `[${host}]` : host;
  return { url: `https://${address}:${port}`, ca, tokenFile: `${accountFolder}/token` };
}
