import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiServer } from '../api/api-client.ts';
import { end, freePort, until } from './processes.ts';
import { sendHttps } from './send-https.ts';

/** Where the recipe of the test cluster keeps what it has built. */
const cache = process.env['TOMTE_CACHE_DIR'] ?? join(homedir(), '.cache/tomte/cluster');
const TOKEN = 'test-token';
const READY_MS = 60_000;

/** The newest build of a program; undefined where none was made yet. */
function findBinary(name: 'etcd' | 'kube-apiserver'): string | undefined {
  return globSync(join(cache, `parts/*/${name}`)).toSorted(
    (a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs,
  )[0];
}

/** Why a test that needs a real API server cannot run here; undefined where it can. */
export function apiServerLack(): string | undefined {
  const missing = (['etcd', 'kube-apiserver'] as const).find((name) => findBinary(name) === undefined);
  return missing && `needs ${missing}: \`pnpm e2e up\` builds it`;
}

/** A real kube-apiserver over a real etcd, on loopback, with no other part of a cluster. */
export class TestApiServer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'tomte-apiserver-'));
  readonly #ports: {
    readonly api: number;
    readonly hidden: number;
    readonly etcd: number;
    readonly peer: number;
  };
  /** Where the API server listens now. */
  #apiPort: number;
  #etcd: ChildProcess | undefined;
  #api: ChildProcess | undefined;

  private constructor(ports: readonly number[]) {
    const [api = 0, hidden = 0, etcd = 0, peer = 0] = ports;
    this.#ports = { api, hidden, etcd, peer };
    this.#apiPort = api;
  }

  static async start(): Promise<TestApiServer> {
    const started = new TestApiServer(await Promise.all([freePort(), freePort(), freePort(), freePort()]));
    started.#writeFiles();
    started.#startEtcd();
    await started.startApi();
    return started;
  }

  get server(): ApiServer {
    return {
      url: `https://127.0.0.1:${this.#apiPort}`,
      ca: readFileSync(join(this.#folder, 'certs/apiserver.crt'), 'utf8'),
      tokenFile: join(this.#folder, 'token'),
    };
  }

  async startApi(): Promise<void> {
    const folder = this.#folder;
    this.#api = this.#spawn('kube-apiserver', [
      `--etcd-servers=http://127.0.0.1:${this.#ports.etcd}`,
      `--secure-port=${this.#apiPort}`,
      '--bind-address=127.0.0.1',
      `--cert-dir=${join(folder, 'certs')}`,
      `--token-auth-file=${join(folder, 'tokens.csv')}`,
      '--authorization-mode=AlwaysAllow',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${join(folder, 'sa.pub')}`,
      `--service-account-signing-key-file=${join(folder, 'sa.key')}`,
      '--service-cluster-ip-range=10.96.0.0/16',
      '--disable-admission-plugins=ServiceAccount,TaintNodesByCondition,Priority',
      '--etcd-compaction-interval=0',
      '--max-requests-inflight=0',
      '--max-mutating-requests-inflight=0',
      '--enable-priority-and-fairness=false',
    ]);
    const isReady = async (): Promise<boolean> =>
      (await this.#call('GET', '/readyz').catch(() => undefined)) === 'ok';
    await until('the API server is ready', isReady, READY_MS);
  }

  /** kill -9, and waits for its end. */
  async killApi(): Promise<void> {
    await end(this.#api, 'SIGKILL');
  }

  /** Changes the cluster while those who watch it cannot reach it; then etcd forgets how it came about. */
  async behindTheirBacks(change: () => Promise<void>): Promise<void> {
    await this.killApi();
    this.#apiPort = this.#ports.hidden;
    await this.startApi();
    await change();
    await this.#compact();
    await this.killApi();
    this.#apiPort = this.#ports.api;
    await this.startApi();
  }

  /** Sends an object and returns the server's answer. Throws with the server's words for any other than 2xx. */
  async send(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<unknown> {
    return JSON.parse(await this.#call(method, path, body)) as unknown;
  }

  async get(path: string): Promise<string> {
    return this.#call('GET', path);
  }

  /** Forgets the history of etcd up to now. */
  async #compact(): Promise<void> {
    const base = `http://127.0.0.1:${this.#ports.etcd}/v3`;
    const status = await fetch(`${base}/maintenance/status`, { method: 'POST', body: '{}' });
    const { header } = (await status.json()) as { header: { revision: string } }; // Proof: etcd's gRPC gateway.
    await fetch(`${base}/kv/compaction`, {
      method: 'POST',
      body: JSON.stringify({ revision: header.revision, physical: true }),
    });
  }

  async stop(): Promise<void> {
    await end(this.#api, 'SIGKILL');
    await end(this.#etcd, 'SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #writeFiles(): void {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    mkdirSync(join(this.#folder, 'certs'));
    writeFileSync(join(this.#folder, 'sa.key'), pair.privateKey.export({ type: 'pkcs1', format: 'pem' }));
    writeFileSync(join(this.#folder, 'sa.pub'), pair.publicKey.export({ type: 'spki', format: 'pem' }));
    writeFileSync(join(this.#folder, 'token'), `${TOKEN}\n`);
    writeFileSync(join(this.#folder, 'tokens.csv'), `${TOKEN},admin,admin,system:masters\n`);
  }

  #startEtcd(): void {
    const client = `http://127.0.0.1:${this.#ports.etcd}`;
    const peer = `http://127.0.0.1:${this.#ports.peer}`;
    this.#etcd = this.#spawn('etcd', [
      `--data-dir=${join(this.#folder, 'etcd')}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      '--unsafe-no-fsync',
      '--quota-backend-bytes=4294967296',
    ]);
  }

  #spawn(name: 'etcd' | 'kube-apiserver', args: readonly string[]): ChildProcess {
    const log = join(this.#folder, `${name}.log`);
    const command = `exec "$0" "$@" >>'${log}' 2>&1`;
    return spawn('/bin/sh', ['-c', command, findBinary(name) ?? name, ...args], { stdio: 'ignore' });
  }

  async #call(method: string, path: string, body?: unknown): Promise<string> {
    const { url, ca = '' } = this.server;
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const answer = await sendHttps(`${url}${path}`, { method, ca, token: TOKEN, type, body });
    if (answer.status < 200 || answer.status > 299)
      throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.text;
  }
}
