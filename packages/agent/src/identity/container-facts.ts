import { containerOf, toContainerId } from '@tomte/k8s';
import type { ContainerFacts } from '@tomte/k8s';
import { readStart } from './proc-reader.ts';

/** A cgroup file has a line a hierarchy; a mount table of a container some hundred lines. */
const MAX_FILE_BYTES = 256 * 1024;
/** Containers that are remembered; a node runs some hundred, and those that ended go first. */
const MAX_CONTAINERS = 4_096;

const none: ContainerFacts = { containerId: '', podUid: '', containerName: '' };

/**
 * Container and pod of processes, from /proc. What was read of a container holds for all of its processes, so the
 * mount table is read once a container.
 */
export class ContainerFactsReader {
  readonly #root: string;
  readonly #scratch = Buffer.allocUnsafeSlow(MAX_FILE_BYTES);
  readonly #byContainer = new Map<string, ContainerFacts>();

  /** @param root another mount of /proc */
  constructor(root = '/proc') {
    this.#root = root;
  }

  /** @param containerId empty where it is not known; undefined when the process is gone and the container was never read. */
  read(pid: number, containerId: string): ContainerFacts | undefined {
    const known = this.#byContainer.get(containerId);
    if (known !== undefined) return known;
    const cgroup = readStart(`${this.#root}/${pid}/cgroup`, this.#scratch);
    if (cgroup === undefined) return undefined;
    const found = toContainerId(cgroup);
    if (containerId !== '' && found !== containerId) return undefined; // Another process has the pid by now.
    const sibling = this.#byContainer.get(found);
    if (sibling !== undefined) return sibling;
    const facts = containerOf(cgroup, readStart(`${this.#root}/${pid}/mountinfo`, this.#scratch) ?? '');
    if (facts.containerId !== '') this.#remember(facts);
    return facts.podUid === '' ? { ...none, containerId: facts.containerId } : facts;
  }

  /** Without the container's name, before its mounts were made, it is read again. */
  #remember(facts: ContainerFacts): void {
    if (facts.podUid !== '' && facts.containerName === '') return;
    if (this.#byContainer.size >= MAX_CONTAINERS) {
      const oldest = this.#byContainer.keys().next();
      if (oldest.done !== true) this.#byContainer.delete(oldest.value);
    }
    this.#byContainer.set(facts.containerId, facts);
  }
}
