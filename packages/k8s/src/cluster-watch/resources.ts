/** Kinds that control others, and so make chains. */
export interface ControllerKind {
  readonly group: string;
  readonly kind: string;
  readonly path: string;
  /** Whether chains may end with it: a ReplicaSet and a Job are parts of what made them, or alone. */
  readonly isTold: boolean;
}

export const controllerKinds: readonly ControllerKind[] = [
  { group: 'apps', kind: 'ReplicaSet', path: '/apis/apps/v1/replicasets', isTold: false },
  { group: 'apps', kind: 'Deployment', path: '/apis/apps/v1/deployments', isTold: true },
  { group: 'apps', kind: 'StatefulSet', path: '/apis/apps/v1/statefulsets', isTold: true },
  { group: 'apps', kind: 'DaemonSet', path: '/apis/apps/v1/daemonsets', isTold: true },
  { group: 'batch', kind: 'Job', path: '/apis/batch/v1/jobs', isTold: false },
  { group: 'batch', kind: 'CronJob', path: '/apis/batch/v1/cronjobs', isTold: true },
];

export const corePaths = {
  pods: '/api/v1/pods',
  services: '/api/v1/services',
  nodes: '/api/v1/nodes',
  namespaces: '/api/v1/namespaces',
  events: '/api/v1/events',
  endpointSlices: '/apis/discovery.k8s.io/v1/endpointslices',
  serviceCidrs: '/apis/networking.k8s.io/v1/servicecidrs',
} as const;
