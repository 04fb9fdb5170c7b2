import type { KubeApiServer } from '@tomte/testkit';
import { field } from '../objects/json.ts';

type Asking = Pick<KubeApiServer, 'ask'>;

/** Objects as small as the API server takes them. */
export function podBody(
  name: string,
  more: { nodeName?: string; metadata?: object; spec?: object } = {},
): unknown {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...more.metadata },
    spec: {
      nodeName: more.nodeName ?? 'node-1',
      containers: [{ name: 'main', image: 'none' }],
      ...more.spec,
    },
  };
}

export function uidIn(object: unknown): string {
  return String(field(field(object, 'metadata'), 'uid'));
}

/** What kubelet would write of a pod. Times are RFC 3339, to the second. */
export function podStatus(facts: {
  ip?: string;
  startedAt?: string;
  finishedAt?: string;
  phase?: string;
  containerId?: string;
}): unknown {
  const { ip, startedAt, finishedAt, containerId = 'containerd://00' } = facts;
  const isOver = finishedAt !== undefined;
  const state = isOver
    ? { terminated: { exitCode: 0, startedAt, finishedAt, containerID: containerId } }
    : startedAt === undefined
      ? { waiting: { reason: 'ContainerCreating' } }
      : { running: { startedAt } };
  return {
    status: {
      phase: facts.phase ?? (isOver ? 'Succeeded' : startedAt === undefined ? 'Pending' : 'Running'),
      ...(ip !== undefined && { podIP: ip, podIPs: [{ ip }] }),
      containerStatuses: [
        {
          name: 'main',
          image: 'none',
          imageID: '',
          ready: !isOver,
          restartCount: 0,
          state,
          ...(startedAt && { containerID: containerId }),
        },
      ],
    },
  };
}

/** Creates the namespace, and the pod in it. */
export async function createPod(
  api: Asking,
  name: string,
  more: Parameters<typeof podBody>[1] = {},
): Promise<string> {
  return uidIn(await api.ask('POST', '/api/v1/namespaces/default/pods', podBody(name, more)));
}

export async function setPodStatus(
  api: Asking,
  name: string,
  facts: Parameters<typeof podStatus>[0],
): Promise<void> {
  await api.ask('PATCH', `/api/v1/namespaces/default/pods/${name}/status`, podStatus(facts));
}

/** As kubelet ends it: at once. */
export async function deletePod(api: Asking, name: string): Promise<void> {
  await api.ask('DELETE', `/api/v1/namespaces/default/pods/${name}`, { gracePeriodSeconds: 0 });
}

/** Metadata of what a controller has made. */
export function ownedBy(owner: { apiVersion: string; kind: string; name: string; uid: string }): object {
  return { ownerReferences: [{ ...owner, controller: true }] };
}
