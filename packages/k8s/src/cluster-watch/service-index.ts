import { field, listAt, objectAt, textAt, textsAt } from '../objects/json.ts';
import { toMeta } from '../objects/meta.ts';

/** Kubernetes puts 100 endpoints into a slice, 1,000 at most. */
const MAX_ENDPOINTS = 1_000;
const SERVICE_LABEL = 'kubernetes.io/service-name';

interface Slice {
  readonly service: string;
  readonly members: readonly string[];
}

/** Which services name a pod, by their endpoint slices, ready or not. */
export class ServiceIndex {
  readonly #slices = new Map<string, Slice>();
  /** By member, the services that name it, each as often as slices do. */
  readonly #services = new Map<string, Map<string, number>>();

  get size(): number {
    return this.#slices.size;
  }

  /** @returns the members whose services may have changed */
  put(object: unknown): readonly string[] {
    const meta = toMeta(object);
    if (meta === undefined) return [];
    const service = textAt(objectAt(objectAt(object, 'metadata'), 'labels'), SERVICE_LABEL);
    const members = service === '' ? [] : membersOf(object, meta.namespace);
    const before = this.#slices.get(meta.uid);
    if (before?.service === service && before.members.join() === members.join()) return [];
    for (const member of members) this.#count(member, service, 1);
    for (const member of before?.members ?? []) this.#count(member, before?.service ?? '', -1);
    this.#slices.set(meta.uid, { service, members });
    return [...new Set([...members, ...(before?.members ?? [])])];
  }

  remove(uid: string): readonly string[] {
    const before = this.#slices.get(uid);
    if (before === undefined) return [];
    this.#slices.delete(uid);
    for (const member of before.members) this.#count(member, before.service, -1);
    return before.members;
  }

  uids(): Iterable<string> {
    return this.#slices.keys();
  }

  /** Names of services, in no order. */
  of(members: readonly string[]): readonly string[] {
    return [...new Set(members.flatMap((member) => [...(this.#services.get(member)?.keys() ?? [])]))];
  }

  #count(member: string, service: string, change: number): void {
    const services = this.#services.get(member) ?? new Map<string, number>();
    const count = (services.get(service) ?? 0) + change;
    if (count > 0) services.set(service, count);
    else services.delete(service);
    if (services.size > 0) this.#services.set(member, services);
    else this.#services.delete(member);
  }
}

/** By what a slice names a pod: its uid, or where a service has no selector perhaps only its address. */
export function memberOfAddress(namespace: string, address: string): string {
  return `${namespace}/${address}`;
}

function membersOf(slice: unknown, namespace: string): readonly string[] {
  return listAt(slice, 'endpoints')
    .slice(0, MAX_ENDPOINTS)
    .flatMap((endpoint) => {
      const uid = textAt(field(endpoint, 'targetRef'), 'uid');
      if (uid !== '') return [uid];
      return textsAt(endpoint, 'addresses').map((address) => memberOfAddress(namespace, address));
    });
}
