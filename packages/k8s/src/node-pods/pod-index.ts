import type { NodePod } from './node-pod.ts';

/** Ten times what kubelet runs on a node by default. */
const MAX_PODS = 1_100;

/** Pods of a node by each of their names. What is removed is kept until `forget`: its last rows come after its end. */
export class PodIndex {
  readonly #pods = new Map<string, NodePod>();
  readonly #byHash = new Map<string, string>();
  readonly #byContainer = new Map<string, { uid: string; name: string }>();
  #refusedCount = 0;

  get size(): number {
    return this.#pods.size;
  }

  get refusedCount(): number {
    return this.#refusedCount;
  }

  put(pod: NodePod): void {
    if (this.#pods.size >= MAX_PODS && !this.#pods.has(pod.uid)) {
      this.#refusedCount += 1;
      return;
    }
    this.forget(pod.uid);
    this.#pods.set(pod.uid, pod);
    if (pod.configHash !== '') this.#byHash.set(pod.configHash, pod.uid);
    for (const { id, name } of pod.containers) this.#byContainer.set(id, { uid: pod.uid, name });
  }

  forget(uid: string): void {
    const known = this.#pods.get(uid);
    if (known === undefined) return;
    this.#pods.delete(uid);
    // A static pod's mirror may have been made anew under the same hash.
    if (this.#byHash.get(known.configHash) === uid) this.#byHash.delete(known.configHash);
    for (const { id } of known.containers) this.#byContainer.delete(id);
  }

  ofUid(uid: string): NodePod | undefined {
    return this.#pods.get(this.#byHash.get(uid) ?? uid);
  }

  ofContainer(id: string): { pod: NodePod; containerName: string } | undefined {
    const found = this.#byContainer.get(id);
    const pod = found === undefined ? undefined : this.#pods.get(found.uid);
    return found === undefined || pod === undefined ? undefined : { pod, containerName: found.name };
  }

  all(): Iterable<NodePod> {
    return this.#pods.values();
  }
}
