import type { Manifest } from '../../cluster/cluster.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { service, workload, workloadPod } from '../../cluster/workload.ts';

export const namespace = 'identities';

/** A host port that nothing of the node has. */
const HOST_PORT = 18_080;
const ask = (path: string): string =>
  `curl -sf --retry 9 --retry-connrefused --retry-delay 1 http://target/${path}`;

/** One way for a pod to be there, asked or asking; each has requests of a path of its own, a prime number of them. */
export interface Case {
  readonly path: string;
  readonly count: number;
  /** Where the asker sends them; absent where the pod itself asks `target`. */
  readonly url?: string;
  /** What its row says of the observed process, and of its peer; `POD` stands for the only pod with that label. */
  readonly role: 'client' | 'server';
  readonly expected: Readonly<Record<string, string>>;
}

/** Everything that stands before the first request. */
export function stage({ controlPlane, worker }: Cluster): readonly Manifest[] {
  const go = { namespace, command: ['go-service'], port: 8080 };
  return [
    workload({ ...go, name: 'target', node: worker }),
    service({ namespace, name: 'target', port: 80, targetPort: 8080 }),
    workload({ namespace, name: 'asker', command: ['sleep', 'infinity'], node: controlPlane }),
    workload({ ...go, name: 'scaled', replicas: 3 }),
    service({ namespace, name: 'scaled', port: 80, targetPort: 8080 }),
    workload({ ...go, name: 'headless', node: controlPlane }),
    service({ namespace, name: 'headless', port: 8080, isHeadless: true }),
    workload({ ...go, name: 'behind-manual', node: worker }),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace, name: 'manual' },
      spec: { ports: [{ port: 80, targetPort: 8080 }] },
    },
    hostNetworkPod(worker.name),
    twoContainers(worker.name),
    alone(worker.name),
    cronJob(),
    initPod(worker.name),
  ];
}

function podOf(name: string, labels: object, spec: object): Manifest {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name, labels }, spec };
}

function specOf(
  name: string,
  node: string,
  command: readonly string[],
  more: object = {},
): Record<string, unknown> {
  const { spec } = workloadPod({ namespace, name, command }) as { readonly spec: Record<string, unknown> }; // Proof: a pod template.
  return { ...spec, nodeName: node, ...more };
}

function containersOf(
  name: string,
  commands: Readonly<Record<string, readonly [readonly string[], object[]]>>,
): object[] {
  return Object.entries(commands).map(([container, [command, env]]) => {
    const { containers } = specOf(name, '', command) as { containers: Record<string, unknown>[] };
    return { ...containers[0], name: container, env };
  });
}

function hostNetworkPod(node: string): Manifest {
  const env = [{ name: 'PORT', value: String(HOST_PORT) }];
  const containers = containersOf('on-host', { app: [['go-service'], env] });
  return podOf('on-host', { app: 'on-host' }, specOf('on-host', node, [], { hostNetwork: true, containers }));
}

function twoContainers(node: string): Manifest {
  const containers = containersOf('two', {
    first: [['go-service'], []],
    second: [['go-service'], [{ name: 'PORT', value: '8081' }]],
  });
  return podOf('two', { app: 'two' }, specOf('two', node, [], { containers }));
}

/** Nothing made it, and no service names it. */
function alone(node: string): Manifest {
  return podOf('alone', { app: 'alone' }, specOf('alone', node, ['go-service']));
}

/** Its pods live for about a second. */
function cronJob(): Manifest {
  const command = ['sh', '-c', `${ask('from-cron')} && sleep 1`];
  const template = workloadPod({ namespace, name: 'nightly', command, isJob: true });
  const jobTemplate = { spec: { template } };
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { namespace, name: 'nightly' },
    spec: { schedule: '0 3 1 1 *', jobTemplate },
  };
}

/** Asks once from an init container, before its own container starts. */
function initPod(node: string): Manifest {
  const initContainers = containersOf('prepared', {
    prepare: [['sh', '-c', `${ask('from-init')} && sleep 1`], []],
  });
  return podOf(
    'prepared',
    { app: 'prepared' },
    specOf('prepared', node, ['sleep', 'infinity'], { initContainers }),
  );
}

const onPod = (workload: string, kind = 'Deployment') => ({
  k8s_namespace_name: namespace,
  k8s_workload_kind: kind,
  k8s_workload_name: workload,
  k8s_unresolved_reason: '',
});
const byAsker = { peer_kind: 'pod', peer_k8s_workload_name: 'asker', peer_k8s_namespace_name: namespace };

/** @param addressOf of the pods that are asked by their addresses */
export function cases(addressOf: (app: string) => string, nodeOf: (app: string) => string): readonly Case[] {
  return [
    {
      path: 'headless',
      count: 3,
      url: 'http://headless:8080',
      role: 'client',
      expected: {
        ...onPod('asker'),
        peer_kind: 'pod',
        peer_k8s_workload_name: 'headless',
        peer_k8s_service_name: 'headless',
      },
    },
    {
      path: 'manual',
      count: 5,
      url: 'http://manual',
      role: 'client',
      expected: {
        ...onPod('asker'),
        peer_kind: 'service',
        peer_k8s_service_name: 'manual',
        peer_k8s_namespace_name: namespace,
      },
    },
    {
      path: 'manual-pod',
      count: 5,
      url: 'http://manual',
      role: 'server',
      expected: { ...onPod('behind-manual'), ...byAsker },
    },
    {
      path: 'on-host',
      count: 7,
      url: `http://${addressOf('on-host')}:${HOST_PORT}`,
      role: 'server',
      expected: {
        ...onPod('on-host', 'Pod'),
        k8s_pod_name: 'on-host',
        k8s_container_name: 'app',
        // What leaves the pods' network is masqueraded. Both ends know the connection all the same: it counts once.
        peer_kind: 'node',
        peer_k8s_node_name: nodeOf('asker'),
      },
    },
    {
      path: 'at-node',
      count: 7,
      url: `http://${addressOf('on-host')}:${HOST_PORT}`,
      role: 'client',
      expected: { ...onPod('asker'), peer_kind: 'node', peer_k8s_node_name: nodeOf('on-host') },
    },
    {
      path: 'first-container',
      count: 11,
      url: `http://${addressOf('two')}:8080`,
      role: 'server',
      expected: { ...onPod('two', 'Pod'), k8s_pod_name: 'two', k8s_container_name: 'first', ...byAsker },
    },
    {
      path: 'second-container',
      count: 13,
      url: `http://${addressOf('two')}:8081`,
      role: 'server',
      expected: { ...onPod('two', 'Pod'), k8s_pod_name: 'two', k8s_container_name: 'second', ...byAsker },
    },
    {
      path: 'alone',
      count: 17,
      url: `http://${addressOf('alone')}:8080`,
      role: 'server',
      expected: { ...onPod('alone', 'Pod'), k8s_pod_name: 'alone', k8s_service_name: '', ...byAsker },
    },
    {
      path: 'from-cron',
      count: 1,
      role: 'client',
      expected: { ...onPod('nightly', 'CronJob'), k8s_container_name: 'nightly' },
    },
    {
      path: 'from-init',
      count: 1,
      role: 'client',
      expected: { ...onPod('prepared', 'Pod'), k8s_pod_name: 'prepared', k8s_container_name: 'prepare' },
    },
  ];
}
