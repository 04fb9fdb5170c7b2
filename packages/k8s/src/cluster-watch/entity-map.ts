interface Ending {
  readonly uid: string;
  readonly endedWallNs: bigint;
}

/** Nodes, services and other objects of the largest clusters. */
const MAX_ENTITIES = 100_000;

/** What lives, by uid; each change is told. */
export class EntityMap<T extends Ending> {
  readonly #entities = new Map<string, T>();
  readonly #tell: (entity: T) => void;
  #refusedCount = 0;

  constructor(tell: (entity: T) => void) {
    this.#tell = tell;
  }

  get size(): number {
    return this.#entities.size;
  }

  get refusedCount(): number {
    return this.#refusedCount;
  }

  values(): Iterable<T> {
    return this.#entities.values();
  }

  put(entity: T): void {
    if (this.#entities.size >= MAX_ENTITIES && !this.#entities.has(entity.uid)) {
      this.#refusedCount += 1;
      return;
    }
    this.#entities.set(entity.uid, entity);
    this.#tell(entity);
  }

  /** Tells its end. */
  end(uid: string, endedWallNs: bigint): void {
    const entity = this.#entities.get(uid);
    if (entity === undefined) return;
    this.#entities.delete(uid);
    this.#tell({ ...entity, endedWallNs });
  }

  keepOnly(uids: ReadonlySet<string>, nowWallNs: bigint): void {
    for (const uid of [...this.#entities.keys()]) if (!uids.has(uid)) this.end(uid, nowWallNs);
  }
}
