import type { Entity, NodeEntity, ObjectEntity, ServiceEntity } from '../entities.ts';
import type { KeptNames } from '../objects/kept-names.ts';
import { toMeta } from '../objects/meta.ts';
import type { WatchHandler } from '../watch/reflector.ts';
import { endClusterPod, toClusterPod } from './cluster-pod.ts';
import { EntityMap } from './entity-map.ts';
import { OwnerIndex } from './owner-index.ts';
import { PodStore } from './pod-store.ts';
import type { ControllerKind } from './resources.ts';
import { ServiceIndex } from './service-index.ts';
import { toNodeEntity, toObjectEntity, toServiceEntity } from './to-entities.ts';

export interface ClusterModelOptions {
  readonly kept: KeptNames;
  /** `group/kind` of what chains are followed up to before it is told itself. */
  readonly followed: readonly string[];
  readonly nowWallNs: () => bigint;
  readonly onEntity: (entity: Entity | ObjectEntity) => void;
}

/**
 * The cluster as the watches tell it, joined: pods with their workloads and services. It says nothing until it is
 * opened, when all lists have come; a half of them would name workloads wrongly.
 */
export class ClusterModel {
  readonly #options: ClusterModelOptions;
  readonly #owners: OwnerIndex;
  readonly #slices = new ServiceIndex();
  readonly #pods: PodStore;
  readonly #headless = new Set<string>();
  /** One a watch: a list of one kind ends nothing of another. */
  readonly #objects: EntityMap<ObjectEntity>[] = [];
  readonly #services = new EntityMap<ServiceEntity>((entity) => this.#tell(entity));
  readonly #nodes = new EntityMap<NodeEntity>((entity) => this.#tell(entity));
  #isOpen = false;

  constructor(options: ClusterModelOptions) {
    this.#options = options;
    this.#owners = new OwnerIndex(options.followed);
    this.#pods = new PodStore(this.#owners, this.#slices, (namespace, service) =>
      this.#headless.has(`${namespace}/${service}`),
    );
  }

  get stats(): {
    pods: number;
    services: number;
    nodes: number;
    endpointSlices: number;
    controllers: number;
    refusedCount: number;
  } {
    const bounded = [this.#pods, this.#owners, this.#services, this.#nodes, ...this.#objects];
    return {
      pods: this.#pods.size,
      services: this.#services.size,
      nodes: this.#nodes.size,
      endpointSlices: this.#slices.size,
      controllers: this.#owners.size,
      refusedCount: bounded.reduce((sum, { refusedCount }) => sum + refusedCount, 0),
    };
  }

  /** Tells everything, and every change from now on. */
  open(): void {
    this.#isOpen = true;
    for (const map of [this.#nodes, this.#services, ...this.#objects])
      for (const entity of map.values()) this.#tell(entity);
    for (const uid of this.#pods.uids()) this.#tellPod(uid);
  }

  pods(): WatchHandler {
    return {
      put: (object) => this.#putPod(object),
      remove: (object) => this.#endPod(toMeta(object)?.uid ?? '', object),
      keepOnly: (uids) => {
        for (const uid of [...this.#pods.uids()]) if (!uids.has(uid)) this.#endPod(uid, undefined);
      },
    };
  }

  services(): WatchHandler {
    return this.#mapHandler(this.#services, (object) => {
      const service = toServiceEntity(object, this.#options.kept);
      if (service === undefined) return undefined;
      const name = `${service.namespace}/${service.name}`;
      if (service.clusterIps.length === 0) this.#headless.add(name);
      else this.#headless.delete(name);
      return service;
    });
  }

  nodes(): WatchHandler {
    return this.#mapHandler(this.#nodes, (object) => toNodeEntity(object, this.#options.kept));
  }

  namespaces(): WatchHandler {
    return this.#objectHandler(() => 'Namespace');
  }

  endpointSlices(): WatchHandler {
    const changed = (members: readonly string[]): void => {
      for (const uid of new Set(members.flatMap((member) => this.#pods.ofMember(member) ?? [])))
        this.#tellPod(uid);
    };
    return {
      put: (object) => changed(this.#slices.put(object)),
      remove: (object) => changed(this.#slices.remove(toMeta(object)?.uid ?? '')),
      keepOnly: (uids) => {
        for (const uid of [...this.#slices.uids()]) if (!uids.has(uid)) changed(this.#slices.remove(uid));
      },
    };
  }

  controllers(of: Pick<ControllerKind, 'kind' | 'isTold'>): WatchHandler {
    const known = new Set<string>();
    const told = of.isTold ? this.#objectHandler(() => of.kind) : undefined;
    const remove = (uid: string): void => {
      known.delete(uid);
      this.#owners.remove(uid);
    };
    return {
      put: (object) => {
        const meta = toMeta(object);
        if (meta === undefined) return;
        told?.put(object);
        known.add(meta.uid);
        if (!this.#owners.put(meta.uid, meta.owner)) return;
        for (const uid of this.#owners.below(meta.uid)) this.#tellPod(uid);
      },
      remove: (object) => {
        told?.remove(object);
        remove(toMeta(object)?.uid ?? '');
      },
      keepOnly: (uids) => {
        told?.keepOnly(uids);
        for (const uid of [...known]) if (!uids.has(uid)) remove(uid);
      },
    };
  }

  #putPod(object: unknown): void {
    const before = this.#pods.get(toMeta(object)?.uid ?? '');
    const nowWallNs = this.#options.nowWallNs();
    const pod = toClusterPod(object, this.#options.kept, { before, nowWallNs });
    if (pod === undefined) return;
    this.#pods.put(pod);
    this.#tellPod(pod.uid);
  }

  #endPod(uid: string, object: unknown): void {
    const pod = this.#pods.get(uid);
    if (pod === undefined) return;
    const ended = endClusterPod(pod, object, this.#options.nowWallNs());
    if (this.#isOpen) this.#options.onEntity(this.#pods.toEntity(ended));
    this.#pods.remove(uid);
  }

  #tellPod(uid: string): void {
    const pod = this.#isOpen ? this.#pods.get(uid) : undefined;
    if (pod !== undefined) this.#options.onEntity(this.#pods.toEntity(pod));
  }

  #tell(entity: Entity | ObjectEntity): void {
    if (this.#isOpen) this.#options.onEntity(entity);
  }

  #objectHandler(objectKind: () => string): WatchHandler {
    const map = new EntityMap<ObjectEntity>((entity) => this.#tell(entity));
    this.#objects.push(map);
    return this.#mapHandler(map, (object) => toObjectEntity(object, objectKind(), this.#options.kept));
  }

  #mapHandler<T extends ServiceEntity | NodeEntity | ObjectEntity>(
    map: EntityMap<T>,
    parse: (object: unknown) => T | undefined,
  ): WatchHandler {
    return {
      put: (object) => {
        const entity = parse(object);
        if (entity !== undefined) map.put(entity);
      },
      remove: (object) => map.end(toMeta(object)?.uid ?? '', this.#options.nowWallNs()),
      keepOnly: (uids) => map.keepOnly(uids, this.#options.nowWallNs()),
    };
  }
}
