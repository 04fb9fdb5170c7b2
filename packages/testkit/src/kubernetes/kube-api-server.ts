import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Authority, type CertificateFiles, makeAuthority } from '@tomte/workloads';
import { askJson } from './ask-json.ts';
import { freePort } from './child.ts';
import { type TestUser, writeKubeconfig, writeServiceAccountKey, writeTokens } from './kube-files.ts';
import { KubeProcesses } from './kube-processes.ts';
import { findKubernetesPrograms, type KubernetesPrograms } from './programs.ts';

/** How someone asks it: the address, its authority in PEM, a file with the token. */
export interface KubeLogin {
  readonly url: string;
  readonly ca: string;
  readonly tokenFile: string;
}

/** A real kube-apiserver with a real etcd, RBAC on, nothing else: no controllers, no nodes. */
export interface KubeApiServer {
  readonly url: string;
  /** Of its serving certificate. */
  readonly authorityFile: string;
  /** Of `system:masters`. */
  readonly adminToken: string;
  /** Signs certificates of users: `/O=group/CN=user`. */
  readonly clientAuthority: Authority;
  /** Signs the certificate that the API server shows to aggregated ones, whose name is `front-proxy-client`. */
  readonly proxyAuthority: Authority;
  readonly proxyCertificate: CertificateFiles;
  readonly programs: KubernetesPrograms;
  /** A folder that goes with it. */
  readonly folder: string;
  /** As the admin; rejects unless the status is 2xx. A PATCH is a merge. */
  ask(method: string, path: string, body?: unknown): Promise<unknown>;
  serverFor(token: string): Promise<KubeLogin>;
  /** A kubeconfig file of someone. */
  kubeconfig(name: string, user: Readonly<Record<string, unknown>>): Promise<string>;
  /** kill -9 of the API server alone, and waits for its end. */
  killApi(): Promise<void>;
  /** After `killApi`: where it was before. */
  startApi(): Promise<void>;
  /** Changes the cluster while those who watch it cannot reach it; then etcd forgets how it came about. */
  behindTheirBacks(change: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** Starts one on loopback, or tells why that cannot be done here. */
export async function startKubeApiServer(users: readonly TestUser[] = []): Promise<KubeApiServer | string> {
  const programs = findKubernetesPrograms();
  if (typeof programs === 'string') return programs;
  const folder = await mkdtemp(join(tmpdir(), 'tomte-kube-'));
  const files = makeFiles(folder);
  const processes = new KubeProcesses(programs, files);
  const close = async (): Promise<void> => {
    await processes.end();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const adminToken = randomBytes(16).toString('hex');
    await writeServiceAccountKey(folder);
    await writeTokens(folder, [{ name: 'admin', token: adminToken, groups: ['system:masters'] }, ...users]);
    await processes.startEtcd();
    const authority = await readFile(files.authorityFile, 'utf8');
    const started = await start({ processes, authority, adminToken });
    return { ...describe({ files, programs, authority, adminToken }, started.url), ...started, close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

function makeFiles(folder: string) {
  const serving = makeAuthority(folder, 'serving-ca');
  const clientAuthority = makeAuthority(folder, 'client-ca');
  const proxyAuthority = makeAuthority(folder, 'front-proxy-ca');
  return {
    folder,
    serving: serving.issue('kube-apiserver'),
    authorityFile: serving.certificate,
    proxy: proxyAuthority.issue('front-proxy-client'),
    clientAuthority,
    proxyAuthority,
    clientAuthorityFile: clientAuthority.certificate,
    proxyAuthorityFile: proxyAuthority.certificate,
  };
}

type Running = Pick<KubeApiServer, 'url' | 'ask' | 'killApi' | 'startApi' | 'behindTheirBacks'>;

interface Starting {
  readonly processes: KubeProcesses;
  readonly authority: string;
  readonly adminToken: string;
}

async function start({ processes, authority, adminToken }: Starting): Promise<Running> {
  const [told, hidden] = [await freePort(), await freePort()];
  const urlOf = (port: number): string => `https://localhost:${port}`;
  let port = told;
  const ask = (method: string, path: string, body?: unknown): Promise<unknown> =>
    askJson({ url: `${urlOf(port)}${path}`, method, authority, token: adminToken }, body);
  const isReady = async (): Promise<boolean> => {
    await ask('GET', '/api/v1/namespaces/default');
    await ask('GET', '/apis/rbac.authorization.k8s.io/v1/clusterroles/view');
    return true;
  };
  const startOn = async (next: number): Promise<void> => {
    port = next;
    await processes.startApi(port, isReady);
  };
  await startOn(told);
  return {
    url: urlOf(told),
    ask,
    killApi: () => processes.killApi(),
    startApi: () => startOn(told),
    async behindTheirBacks(change) {
      await processes.killApi();
      await startOn(hidden);
      await change();
      await processes.compact();
      await processes.killApi();
      await startOn(told);
    },
  };
}

interface Described {
  readonly files: ReturnType<typeof makeFiles>;
  readonly programs: KubernetesPrograms;
  readonly authority: string;
  readonly adminToken: string;
}

function describe({ files, programs, authority, adminToken }: Described, url: string) {
  const { folder, authorityFile, clientAuthority, proxyAuthority, proxy } = files;
  return {
    authorityFile,
    adminToken,
    clientAuthority,
    proxyAuthority,
    proxyCertificate: proxy,
    programs,
    folder,
    async serverFor(token: string): Promise<KubeLogin> {
      const tokenFile = join(folder, `${createHash('sha256').update(token).digest('hex')}.token`);
      await writeFile(tokenFile, token, { mode: 0o600 });
      return { url, ca: authority, tokenFile };
    },
    kubeconfig: (name: string, user: Readonly<Record<string, unknown>>): Promise<string> =>
      writeKubeconfig({ folder, name, url, authorityFile }, user),
  };
}
