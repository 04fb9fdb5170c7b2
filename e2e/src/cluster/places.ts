import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Name of the kind cluster, its network, and the prefix of all that is ours. */
export const clusterName = 'tomte-e2e';

export const isRoot = process.getuid?.() === 0;

/** Of the checkout. */
export const checkout = join(dirname(fileURLToPath(import.meta.url)), '../../..');

/** Sources that are not TypeScript: Go, C. */
export const sourcesFolder = join(checkout, 'e2e/cluster');

/** What is kept between clusters; it may be deleted while none is up. */
export const cacheFolder = process.env['TOMTE_CACHE_DIR'] ?? join(homedir(), '.cache/tomte/cluster');

/** What belongs to the running cluster; its sockets need a short path. */
const stateFolder = isRoot
  ? `/run/${clusterName}`
  : join(process.env['XDG_RUNTIME_DIR'] ?? tmpdir(), `${clusterName}-${process.getuid?.() ?? 0}`);

export const places = {
  state: stateFolder,
  lock: join(stateFolder, 'lock'),
  /** Beside the folder, since it is held over a `down`. */
  stage: `${stateFolder}.stage`,
  children: join(stateFolder, 'children'),
  before: join(stateFolder, 'before.json'),
  cluster: join(stateFolder, 'cluster.json'),
  kubeconfig: join(stateFolder, 'kubeconfig'),
  dockerSocket: join(stateFolder, 'docker.sock'),
  dockerPid: join(stateFolder, 'dockerd.pid'),
  dockerExec: join(stateFolder, 'docker'),
  dockerConfig: join(stateFolder, 'daemon.json'),
  dockerData: join(cacheFolder, 'docker'),
  parts: join(cacheFolder, 'parts'),
  debs: join(cacheFolder, 'debs'),
  work: join(cacheFolder, 'work'),
  log: join(cacheFolder, 'log'),
} as const;
