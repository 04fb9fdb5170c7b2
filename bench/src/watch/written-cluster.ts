import type { NodeEntity, PodEntity, ServiceEntity } from '@tomte/k8s';
import { SimulatedCluster } from '../identity/cluster.ts';
import type { ApiWriter } from './api-writer.ts';

interface Made {
  readonly name: string;
  readonly uid: string;
}

/** A pod as it was written: the API server gives it its uid. */
export interface WrittenPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly ip: string;
  readonly workload: string;
}

/** The simulated cluster in a real API server: every object that names a pod, by the requests that make it so. */
export class WrittenCluster {
  readonly #writer: ApiWriter;
  readonly #simulated: SimulatedCluster;
  readonly #replicaSets = new Map<string, Made>();
  readonly #slices = new Map<string, Map<string, WrittenPod>>();
  readonly pods: WrittenPod[] = [];

  constructor(writer: ApiWriter, seed: number) {
    this.#writer = writer;
    this.#simulated = new SimulatedCluster(seed, 0n);
  }

  async make(log: (line: string) => void): Promise<void> {
    const nodes = this.#simulated.nodes();
    const services = this.#simulated.services();
    const pods = this.#simulated.pods();
    const namespaces = [...new Set(services.map(({ namespace }) => namespace))];
    await this.#writer.each(namespaces, (name) => this.#namespace(name));
    await this.#writer.each(nodes, (node) => this.#node(node));
    await this.#writer.each(services, (service) => this.#workload(service));
    log(`${nodes.length} nodes, ${services.length} services and Deployments are written`);
    await this.#writer.each(pods, async (pod) => void this.pods.push(await this.startPod(pod)));
    log(`${pods.length} pods are written`);
    await this.#writer.each([...this.#slices.keys()], (workload) => this.#slice('POST', workload));
  }

  /** A rolling update goes on: the oldest pod ends, another takes its place. Five changes of objects. */
  async replaceOldest(): Promise<void> {
    const oldest = this.pods.shift();
    if (oldest === undefined) return;
    await this.#writer.send('DELETE', podPath(oldest), { gracePeriodSeconds: 0 });
    this.#slices.get(oldest.workload)?.delete(oldest.name);
    const next = await this.startPod(this.#simulated.pod(0n));
    this.pods.push(next);
    await this.#slice('PUT', oldest.workload);
    if (next.workload !== oldest.workload) await this.#slice('PUT', next.workload);
  }

  /** Binds, starts and serves a pod. */
  async startPod(pod: PodEntity): Promise<WrittenPod> {
    const workload = `${pod.namespace}/${pod.workloadName}`;
    const owner = this.#replicaSets.get(workload);
    const [ip = ''] = pod.ips;
    const metadata = {
      name: pod.name,
      labels: { app: pod.workloadName },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', controller: true, ...owner }],
    };
    const spec = { nodeName: pod.nodeName, containers: [container] };
    const body = { apiVersion: 'v1', kind: 'Pod', metadata, spec };
    const made = toMade(await this.#writer.send('POST', `/api/v1/namespaces/${pod.namespace}/pods`, body));
    const written = { namespace: pod.namespace, name: pod.name, uid: made.uid, ip, workload };
    await this.#writer.send('PATCH', `${podPath(written)}/status`, runningStatus(ip));
    const members = this.#slices.get(workload) ?? new Map<string, WrittenPod>();
    this.#slices.set(workload, members.set(pod.name, written));
    return written;
  }

  async #namespace(name: string): Promise<void> {
    const metadata = { name };
    await this.#writer.send('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });
    // The controller that would make it does not run, and no pod is taken without.
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
    await this.#writer.send('POST', `/api/v1/namespaces/${name}/serviceaccounts`, account);
  }

  #node({ name, addresses, podCidrs }: NodeEntity): Promise<unknown> {
    const spec = { podCIDR: podCidrs[0], podCIDRs: podCidrs };
    const status = { addresses: addresses.map((address) => ({ type: 'InternalIP', address })) };
    return this.#writer.send('POST', '/api/v1/nodes', {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name },
      spec,
      status,
    });
  }

  async #workload({ namespace, name }: ServiceEntity): Promise<void> {
    const spec = { selector: { app: name }, ports: [{ port: 80 }] };
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec };
    await this.#writer.send('POST', `/api/v1/namespaces/${namespace}/services`, service);
    const template = { metadata: { labels: { app: name } }, spec: { containers: [container] } };
    const sets = { selector: { matchLabels: { app: name } }, template };
    const path = `/apis/apps/v1/namespaces/${namespace}`;
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec: sets };
    const top = toMade(await this.#writer.send('POST', `${path}/deployments`, deployment));
    const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'Deployment', controller: true, ...top }];
    const metadata = { name: `${name}-7d9c6b5f4d`, ownerReferences };
    const set = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata, spec: sets };
    this.#replicaSets.set(
      `${namespace}/${name}`,
      toMade(await this.#writer.send('POST', `${path}/replicasets`, set)),
    );
  }

  #slice(method: 'POST' | 'PUT', workload: string): Promise<unknown> {
    const [namespace = '', service = ''] = workload.split('/');
    const name = `${service}-x2x9v`;
    const endpoints = [...(this.#slices.get(workload)?.values() ?? [])].map((pod) => ({
      addresses: [pod.ip],
      conditions: { ready: true },
      targetRef: { kind: 'Pod', namespace, name: pod.name, uid: pod.uid },
    }));
    const metadata = { name, labels: { 'kubernetes.io/service-name': service } };
    const body = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata,
      addressType: 'IPv4',
      endpoints,
    };
    const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;
    return this.#writer.send(method, method === 'POST' ? path : `${path}/${name}`, body);
  }
}

const container = { name: 'main', image: 'registry.example.com/team/application:1.2.3' };

function podPath({ namespace, name }: WrittenPod): string {
  return `/api/v1/namespaces/${namespace}/pods/${name}`;
}

/** As kubelet writes it, now. */
function runningStatus(ip: string): unknown {
  const startedAt = `${new Date().toISOString().slice(0, 19)}Z`;
  const containerID = `containerd://${'ab'.repeat(32)}`;
  const running = {
    ...container,
    imageID: '',
    ready: true,
    restartCount: 0,
    containerID,
    state: { running: { startedAt } },
  };
  return {
    status: {
      phase: 'Running',
      podIP: ip,
      podIPs: [{ ip }],
      startTime: startedAt,
      containerStatuses: [running],
    },
  };
}

function toMade(object: unknown): Made {
  const { metadata } = object as { metadata: Made }; // Proof: what the API server answers to a POST.
  return { name: metadata.name, uid: metadata.uid };
}
