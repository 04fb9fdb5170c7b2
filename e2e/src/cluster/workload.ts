import type { Manifest } from './cluster.ts';
import { workloadsName } from './images/workloads.ts';
import type { ClusterNode } from './network.ts';

export interface WorkloadOptions {
  readonly namespace: string;
  readonly name: string;
  /** The image has nginx, python3, curl, openssl, postgres, redis-server, node, go-service, and /opt/services. */
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Where its pods run; the scheduler chooses where it is left out. */
  readonly node?: ClusterNode;
  readonly replicas?: number;
  /** It is ready once this port takes connections. */
  readonly port?: number;
  /** Mount path → name of a Secret. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Mount path → name of a ConfigMap. */
  readonly configMaps?: Readonly<Record<string, string>>;
  /** Of its pods. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** It runs to its end: the pod of a Job. */
  readonly isJob?: boolean;
  /** Merged into the pod's spec. */
  readonly pod?: Manifest;
}

/** A Deployment of one of the test workloads, labelled `app: NAME`. */
export function workload(options: WorkloadOptions): Manifest {
  const { namespace, name, replicas = 1 } = options;
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace, name, labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: workloadPod(options),
    },
  };
}

/** The pod of a test workload, as every kind of owner makes it. */
export function workloadPod(options: WorkloadOptions): Manifest {
  const { name, annotations = {} } = options;
  return { metadata: { labels: { app: name }, annotations }, spec: podSpec(options) };
}

function podSpec(options: WorkloadOptions): Manifest {
  const { name, command, env = {}, node, port, isJob = false } = options;
  const mounts = mountsOf(options);
  return {
    // By name: so it passes the control plane's taint.
    ...(node === undefined ? {} : { nodeName: node.name }),
    terminationGracePeriodSeconds: 2,
    ...(isJob ? { restartPolicy: 'Never' } : {}),
    enableServiceLinks: false,
    containers: [
      {
        name,
        image: workloadsName,
        imagePullPolicy: 'IfNotPresent',
        command,
        env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
        volumeMounts: mounts.map(({ path, volume }) => ({ name: volume, mountPath: path })),
        ...(port === undefined ? {} : { ports: [{ containerPort: port }], readinessProbe: readiness(port) }),
      },
    ],
    volumes: mounts.map(({ volume, source }) => ({ name: volume, ...source })),
    ...options.pod,
  };
}

/** By a connection, not by a request: a probe's requests would be counted. */
function readiness(port: number): Manifest {
  return { tcpSocket: { port }, periodSeconds: 1 };
}

function mountsOf({ secrets = {}, configMaps = {} }: WorkloadOptions) {
  const ofSecrets = Object.entries(secrets).map(([path, name]) => ({
    path,
    source: { secret: { secretName: name } },
  }));
  const ofMaps = Object.entries(configMaps).map(([path, name]) => ({
    path,
    source: { configMap: { name } },
  }));
  return [...ofSecrets, ...ofMaps].map((mount, index) => ({ ...mount, volume: `mounted-${index}` }));
}

export interface ServiceOptions {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
  readonly targetPort?: number;
  /** `app` label of its pods; the name where it is left out. */
  readonly app?: string;
  readonly isHeadless?: boolean;
}

export function service(options: ServiceOptions): Manifest {
  const { namespace, name, port, targetPort = port, app = name, isHeadless = false } = options;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace, name },
    spec: {
      selector: { app },
      ports: [{ port, targetPort }],
      ...(isHeadless ? { clusterIP: 'None' } : {}),
    },
  };
}
