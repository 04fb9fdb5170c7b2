import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Authority, type CertificateFiles, makeAuthority } from '@tomte/workloads';
import { Child, freePort } from './child.ts';
import { findKubernetesPrograms, type KubernetesPrograms } from './programs.ts';

/** A person with a static token. */
export interface TestUser {
  readonly name: string;
  readonly token: string;
  readonly groups?: readonly string[];
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
  /** As the admin; rejects unless the status is 2xx. */
  ask(method: string, path: string, body?: object): Promise<unknown>;
  /** How someone with this token asks it: the address, its authority in PEM, a file with the token. */
  serverFor(
    token: string,
  ): Promise<{ readonly url: string; readonly ca: string; readonly tokenFile: string }>;
  /** A kubeconfig file of someone. */
  kubeconfig(name: string, user: Readonly<Record<string, unknown>>): Promise<string>;
  close(): Promise<void>;
}

const READY_TIMEOUT_MS = 60_000;

/** Starts one on loopback, or tells why that cannot be done here. */
export async function startKubeApiServer(users: readonly TestUser[] = []): Promise<KubeApiServer | string> {
  const programs = findKubernetesPrograms();
  if (typeof programs === 'string') return programs;
  const folder = await mkdtemp(join(tmpdir(), 'tomte-kube-'));
  const children: Child[] = [];
  const close = async (): Promise<void> => {
    for (const child of children.toReversed()) await child.end();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const server = await start(programs, { folder, children, users });
    return { ...server, close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

interface Starting {
  readonly folder: string;
  readonly children: Child[];
  readonly users: readonly TestUser[];
}

async function start(
  programs: KubernetesPrograms,
  { folder, children, users }: Starting,
): Promise<Omit<KubeApiServer, 'close'>> {
  const serving = makeAuthority(folder, 'serving-ca');
  const clientAuthority = makeAuthority(folder, 'client-ca');
  const proxyAuthority = makeAuthority(folder, 'front-proxy-ca');
  const server = serving.issue('kube-apiserver');
  const proxyCertificate = proxyAuthority.issue('front-proxy-client');
  const adminToken = randomBytes(16).toString('hex');
  await writeServiceAccountKey(folder);
  await writeTokens(folder, [{ name: 'admin', token: adminToken, groups: ['system:masters'] }, ...users]);
  const etcdUrl = await startEtcd(programs.etcd, folder, children);
  const port = await freePort();
  const args = [
    ...[`--etcd-servers=${etcdUrl}`, '--bind-address=127.0.0.1', `--secure-port=${port}`],
    ...[
      `--tls-cert-file=${server.certificate}`,
      `--tls-private-key-file=${server.key}`,
      `--cert-dir=${folder}`,
    ],
    ...[`--client-ca-file=${clientAuthority.certificate}`, '--token-auth-file=tokens.csv'],
    ...['--authorization-mode=RBAC', '--service-cluster-ip-range=10.96.0.0/16'],
    ...['--service-account-issuer=https://kubernetes.default.svc', '--service-account-key-file=sa.pub'],
    '--service-account-signing-key-file=sa.key',
    ...[`--requestheader-client-ca-file=${proxyAuthority.certificate}`],
    ...['--requestheader-allowed-names=front-proxy-client', '--requestheader-username-headers=X-Remote-User'],
    ...[
      '--requestheader-group-headers=X-Remote-Group',
      '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    ],
    ...[
      `--proxy-client-cert-file=${proxyCertificate.certificate}`,
      `--proxy-client-key-file=${proxyCertificate.key}`,
    ],
  ];
  const child = new Child(programs.apiServer, args, folder);
  children.push(child);
  const url = `https://localhost:${port}`;
  const authority = await readFile(serving.certificate, 'utf8');
  const ask = (method: string, path: string, body?: object): Promise<unknown> =>
    askJson({ url: `${url}${path}`, method, authority, token: adminToken }, body);
  await child.until(async () => {
    await ask('GET', '/api/v1/namespaces/default');
    await ask('GET', '/apis/rbac.authorization.k8s.io/v1/clusterroles/view');
    return true;
  }, READY_TIMEOUT_MS);
  return {
    url,
    authorityFile: serving.certificate,
    adminToken,
    clientAuthority,
    proxyAuthority,
    proxyCertificate,
    programs,
    folder,
    ask,
    async serverFor(token) {
      const tokenFile = join(folder, `${createHash('sha256').update(token).digest('hex')}.token`);
      await writeFile(tokenFile, token, { mode: 0o600 });
      return { url, ca: authority, tokenFile };
    },
    kubeconfig: (name, user) =>
      writeKubeconfig({ folder, name, url, authorityFile: serving.certificate }, user),
  };
}

async function startEtcd(program: string, folder: string, children: Child[]): Promise<string> {
  const [client, peer] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${client}`;
  const peerUrl = `http://127.0.0.1:${peer}`;
  const child = new Child(
    program,
    [
      ...[`--data-dir=${join(folder, 'etcd')}`, '--unsafe-no-fsync', '--log-level=error'],
      ...[`--listen-client-urls=${url}`, `--advertise-client-urls=${url}`, `--listen-peer-urls=${peerUrl}`],
      ...[`--initial-advertise-peer-urls=${peerUrl}`, `--initial-cluster=default=${peerUrl}`],
    ],
    folder,
  );
  children.push(child);
  await child.until(async () => (await fetch(`${url}/health`)).ok, READY_TIMEOUT_MS);
  return url;
}

async function writeServiceAccountKey(folder: string): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  await writeFile(join(folder, 'sa.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }), {
    mode: 0o600,
  });
  await writeFile(join(folder, 'sa.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
}

async function writeTokens(folder: string, users: readonly TestUser[]): Promise<void> {
  const groupsOf = (groups: readonly string[]): string =>
    groups.length === 0 ? '' : `,"${groups.join(',')}"`;
  const lines = users.map(({ name, token, groups = [] }) => `${token},${name},${name}${groupsOf(groups)}`);
  await writeFile(join(folder, 'tokens.csv'), `${lines.join('\n')}\n`, { mode: 0o600 });
}

interface Asked {
  readonly url: string;
  readonly method: string;
  readonly authority: string;
  readonly token: string;
}

function askJson({ url, method, authority, token }: Asked, body?: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const asked = request(url, { method, ca: authority, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => {
        const isFine = (response.statusCode ?? 500) < 300;
        if (isFine) resolve(JSON.parse(text));
        else reject(new Error(`${method} ${url}: ${response.statusCode} ${text.slice(0, 500)}`));
      });
    });
    asked.on('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

interface KubeconfigFacts {
  readonly folder: string;
  readonly name: string;
  readonly url: string;
  readonly authorityFile: string;
}

async function writeKubeconfig(
  { folder, name, url, authorityFile }: KubeconfigFacts,
  user: Readonly<Record<string, unknown>>,
): Promise<string> {
  const file = join(folder, `${name}.kubeconfig`);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server: url, 'certificate-authority': authorityFile } }],
    users: [{ name, user }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: name } }],
    'current-context': 'test',
  };
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}
