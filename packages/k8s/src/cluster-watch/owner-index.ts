import type { Owner } from '../objects/meta.ts';

/** Chains of controllers are two long in Kubernetes itself; custom ones add a few. A ring ends here. */
const MAX_CHAIN = 8;
/** Old ReplicaSets included: ten a Deployment by default. */
const MAX_OBJECTS = 250_000;

interface OwnerObject {
  readonly owner: Owner | undefined;
  readonly isGone: boolean;
}

export interface Workload {
  readonly kind: string;
  readonly name: string;
}

/** Which object controls which, for as long as a pod hangs on it: controllers are deleted before their pods. */
export class OwnerIndex {
  readonly #objects = new Map<string, OwnerObject>();
  /** Uids of pods and controllers by the uid of what controls them. */
  readonly #children = new Map<string, Set<string>>();
  readonly #followed: ReadonlySet<string>;
  #refusedCount = 0;

  /** @param followed `group/kind` of what a chain is followed up to, told or not; other kinds once they are told */
  constructor(followed: readonly string[]) {
    this.#followed = new Set(followed);
  }

  get size(): number {
    return this.#objects.size;
  }

  get refusedCount(): number {
    return this.#refusedCount;
  }

  /** @returns whether chains through it may end elsewhere now */
  put(uid: string, owner: Owner | undefined): boolean {
    const known = this.#objects.get(uid);
    if (known === undefined && this.#objects.size >= MAX_OBJECTS) {
      this.#refusedCount += 1;
      return false;
    }
    if (known?.owner?.uid !== owner?.uid) this.relink(uid, known?.owner?.uid, owner?.uid);
    this.#objects.set(uid, { owner, isGone: false });
    return known === undefined || known.owner?.uid !== owner?.uid;
  }

  remove(uid: string): void {
    const known = this.#objects.get(uid);
    if (known === undefined) return;
    if (this.#children.has(uid)) this.#objects.set(uid, { ...known, isGone: true });
    else this.#forget(uid, known);
  }

  /** Moves a pod or a controller from under one controller to under another. */
  relink(uid: string, from: string | undefined, to: string | undefined): void {
    if (to !== undefined) {
      const children = this.#children.get(to);
      if (children === undefined) this.#children.set(to, new Set([uid]));
      else children.add(uid);
    }
    if (from === undefined || from === to) return;
    const children = this.#children.get(from);
    children?.delete(uid);
    if (children?.size !== 0) return;
    this.#children.delete(from);
    const object = this.#objects.get(from);
    if (object?.isGone === true) this.#forget(from, object);
  }

  /** The top of the chain that begins with the owner. */
  topOf(owner: Owner): Workload {
    let top = owner;
    for (let depth = 0; depth < MAX_CHAIN; depth += 1) {
      const above = this.#objects.get(top.uid)?.owner;
      if (above === undefined || !this.#isFollowed(above)) break;
      top = above;
    }
    return { kind: top.kind, name: top.name };
  }

  /** Everything whose chain goes through it, pods among it. */
  *below(uid: string, depth = 0): Iterable<string> {
    if (depth >= MAX_CHAIN) return;
    for (const child of this.#children.get(uid) ?? []) {
      yield child;
      yield* this.below(child, depth + 1);
    }
  }

  #isFollowed({ apiVersion, kind, uid }: Owner): boolean {
    const [group = ''] = apiVersion.split('/');
    return this.#followed.has(`${group}/${kind}`) || this.#objects.has(uid);
  }

  #forget(uid: string, object: OwnerObject): void {
    this.#objects.delete(uid);
    this.relink(uid, object.owner?.uid, undefined);
  }
}
