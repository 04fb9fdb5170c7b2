import type { Clock } from '@tomte/kit';
import { ApiClient } from '../api/api-client.ts';
import type { ApiServer } from '../api/api-client.ts';
import type { K8sError } from '../api/errors.ts';
import { KeptNames } from '../objects/kept-names.ts';
import type { KeptNamesOptions } from '../objects/kept-names.ts';
import { toMeta } from '../objects/meta.ts';
import { Reflector } from '../watch/reflector.ts';
import type { NodePod, NodePods } from './node-pod.ts';
import { PodIndex } from './pod-index.ts';
import { toNodePod } from './to-node-pod.ts';

/** How long a pod that has gone is still known: rows of its last processes wait no longer. */
const KEEP_GONE_MS = 120_000;

export interface NodePodsOptions {
  readonly server: ApiServer;
  readonly nodeName: string;
  readonly clock: Clock;
  /** Chance, from 0 to below 1. */
  readonly random: () => number;
  /** Labels and annotations that are kept. */
  readonly keep: KeptNamesOptions;
  /** A pod is new, has changed or has gone (then it is told as it was last). */
  readonly onChange: (pod: NodePod, isGone: boolean) => void;
  readonly onSynced: () => void;
  readonly onProblem: (problem: K8sError) => void;
}

/**
 * Watches the pods that are bound to this node, and no other object: one list and one watch a node, which the API
 * server answers from an index in its memory.
 */
export function watchNodePods(options: NodePodsOptions): NodePods {
  const { clock, nodeName, onChange } = options;
  const keep = new KeptNames(options.keep);
  const client = new ApiClient(options.server);
  const index = new PodIndex();
  const gone = new Map<string, () => void>();
  const put = (object: unknown): void => {
    const pod = toNodePod(object, keep);
    if (pod === undefined) return;
    gone.get(pod.uid)?.();
    gone.delete(pod.uid);
    index.put(pod);
    onChange(pod, false);
  };
  const lose = (pod: NodePod): void => {
    if (gone.has(pod.uid)) return;
    const forget = (): void => {
      gone.delete(pod.uid);
      index.forget(pod.uid);
    };
    gone.set(pod.uid, clock.after(KEEP_GONE_MS, forget));
    onChange(pod, true);
  };
  const reflector = new Reflector({
    client,
    clock,
    random: options.random,
    path: '/api/v1/pods',
    fieldSelector: `spec.nodeName=${nodeName}`,
    isListFromMemory: true,
    handler: {
      put,
      remove: (object) => {
        const pod = index.ofUid(toMeta(object)?.uid ?? '');
        if (pod !== undefined) lose(pod);
      },
      keepOnly: (uids) => {
        for (const pod of [...index.all()]) if (!uids.has(pod.uid)) lose(pod);
      },
    },
    onSettled: () => {
      if (reflector.isSynced) options.onSynced();
    },
    onProblem: options.onProblem,
  });
  return {
    get isSynced() {
      return reflector.isSynced;
    },
    get requestCount() {
      return client.requestCount;
    },
    podOfUid: (uid) => index.ofUid(uid),
    podOfContainer: (id) => index.ofContainer(id),
    pods: () => index.all(),
    close: () => {
      reflector.close();
      client.close();
      for (const cancel of gone.values()) cancel();
    },
  };
}
