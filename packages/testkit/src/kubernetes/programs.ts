import { existsSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const folder = join(process.env['TOMTE_CACHE_DIR'] ?? join(homedir(), '.cache/tomte/cluster'), 'parts');

/** The newest build of a program of the test cluster; undefined where none was made (`pnpm e2e up`). */
function findProgram(part: string, name: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  const isOfPart = new RegExp(`^${part}-[0-9a-f]{12}$`);
  const [newest] = readdirSync(folder)
    .filter((entry) => isOfPart.test(entry) && existsSync(join(folder, entry, name)))
    .sort((a, b) => statSync(join(folder, b)).mtimeMs - statSync(join(folder, a)).mtimeMs);
  return newest === undefined ? undefined : join(folder, newest, name);
}

export interface KubernetesPrograms {
  readonly etcd: string;
  readonly apiServer: string;
  readonly kubectl: string;
}

/** What an API server is started from, or why it cannot be. */
export function findKubernetesPrograms(): KubernetesPrograms | string {
  const etcd = findProgram('etcd', 'etcd');
  const apiServer = findProgram('kubernetes', 'kube-apiserver');
  const kubectl = findProgram('kubernetes', 'kubectl');
  if (etcd === undefined || apiServer === undefined || kubectl === undefined)
    return 'kube-apiserver and etcd are not built here: pnpm e2e up';
  return { etcd, apiServer, kubectl };
}
