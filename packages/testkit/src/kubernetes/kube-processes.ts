import { join } from 'node:path';
import type { CertificateFiles } from '@tomte/workloads';
import { Child, freePort } from './child.ts';
import type { KubernetesPrograms } from './programs.ts';

/** Of every start, on a busy machine too. */
const READY_TIMEOUT_MS = 90_000;

export interface KubeProcessFiles {
  readonly folder: string;
  readonly serving: CertificateFiles;
  readonly proxy: CertificateFiles;
  readonly clientAuthorityFile: string;
  readonly proxyAuthorityFile: string;
}

/** etcd, and a kube-apiserver over it that can be killed and started again, on another port too. */
export class KubeProcesses {
  readonly #programs: KubernetesPrograms;
  readonly #files: KubeProcessFiles;
  #etcd: Child | undefined;
  #api: Child | undefined;
  #etcdUrl = '';

  constructor(programs: KubernetesPrograms, files: KubeProcessFiles) {
    this.#programs = programs;
    this.#files = files;
  }

  async startEtcd(): Promise<void> {
    const [client, peer] = [await freePort(), await freePort()];
    const peerUrl = `http://127.0.0.1:${peer}`;
    const url = `http://127.0.0.1:${client}`;
    const { folder } = this.#files;
    const args = [
      ...[`--data-dir=${join(folder, 'etcd')}`, '--unsafe-no-fsync', '--log-level=error'],
      ...[`--listen-client-urls=${url}`, `--advertise-client-urls=${url}`, `--listen-peer-urls=${peerUrl}`],
      ...[`--initial-advertise-peer-urls=${peerUrl}`, `--initial-cluster=default=${peerUrl}`],
      '--quota-backend-bytes=4294967296',
    ];
    const child = new Child(this.#programs.etcd, args, folder);
    this.#etcd = child;
    this.#etcdUrl = url;
    await child.until(async () => (await fetch(`${url}/health`)).ok, READY_TIMEOUT_MS);
  }

  /** Starts it and waits until it answers. */
  async startApi(port: number, isReady: () => Promise<boolean>): Promise<void> {
    const child = new Child(this.#programs.apiServer, this.#apiArguments(port), this.#files.folder);
    this.#api = child;
    await child.until(isReady, READY_TIMEOUT_MS);
  }

  /** kill -9, and waits for its end. */
  async killApi(): Promise<void> {
    await this.#api?.end();
  }

  /** Forgets the history of etcd up to now. */
  async compact(): Promise<void> {
    const base = `${this.#etcdUrl}/v3`;
    const status = await fetch(`${base}/maintenance/status`, { method: 'POST', body: '{}' });
    const { header } = (await status.json()) as { header: { revision: string } }; // Proof: etcd's gRPC gateway.
    const body = JSON.stringify({ revision: header.revision, physical: true });
    await fetch(`${base}/kv/compaction`, { method: 'POST', body });
  }

  async end(): Promise<void> {
    await this.#api?.end();
    await this.#etcd?.end();
  }

  /** No controllers run: what waits for them, as the token of a service account, is not asked for; nor are requests held back. */
  #apiArguments(port: number): string[] {
    const { folder, serving, proxy, clientAuthorityFile, proxyAuthorityFile } = this.#files;
    return [
      ...[`--etcd-servers=${this.#etcdUrl}`, '--bind-address=127.0.0.1', `--secure-port=${port}`],
      ...[`--tls-cert-file=${serving.certificate}`, `--tls-private-key-file=${serving.key}`],
      ...[`--cert-dir=${folder}`, `--client-ca-file=${clientAuthorityFile}`, '--token-auth-file=tokens.csv'],
      ...['--authorization-mode=RBAC', '--service-cluster-ip-range=10.96.0.0/16'],
      ...['--service-account-issuer=https://kubernetes.default.svc', '--service-account-key-file=sa.pub'],
      ...[
        '--service-account-signing-key-file=sa.key',
        `--requestheader-client-ca-file=${proxyAuthorityFile}`,
      ],
      ...[
        '--requestheader-allowed-names=front-proxy-client',
        '--requestheader-username-headers=X-Remote-User',
      ],
      ...[
        '--requestheader-group-headers=X-Remote-Group',
        '--requestheader-extra-headers-prefix=X-Remote-Extra-',
      ],
      ...[`--proxy-client-cert-file=${proxy.certificate}`, `--proxy-client-key-file=${proxy.key}`],
      '--disable-admission-plugins=ServiceAccount,TaintNodesByCondition,Priority',
      ...['--etcd-compaction-interval=0', '--enable-priority-and-fairness=false'],
      ...['--max-requests-inflight=0', '--max-mutating-requests-inflight=0'],
    ];
  }
}
