import type { ContainerFacts, NodePod, NodePods } from '@tomte/k8s';

/** Which pods of the node are captured. */
export interface ScopeRules {
  /** Empty: all namespaces, and processes outside of pods. Else pods of these namespaces and nothing else. */
  readonly includeNamespaces: readonly string[];
  readonly excludeNamespaces: readonly string[];
}

/** Every pod of a release carries it, whatever the release is called. */
export const OWN_POD_LABEL = 'app.kubernetes.io/part-of';
const OWN_POD_VALUE = 'tomte';
/** A pod that says "false" is not captured. */
export const CAPTURE_ANNOTATION = 'tomte.dev/capture';

/**
 * `not_asked_for`: dropped here and not excluded in the kernel, whose exclusion children inherit: a runtime is none of
 * the named namespaces, and what it starts may be. undefined: its pod is not known yet.
 */
export type ScopeDecision = 'captured' | 'left_out' | 'not_asked_for' | undefined;

/** What an event says of a process's cgroup: all that is known once it has ended. */
export interface CgroupHint {
  readonly containerId: string;
  /** Empty outside of a pod; undefined where the event does not say it. */
  readonly podUid?: string | undefined;
}
const noHint: CgroupHint = { containerId: '' };

/** Decides by a process whether it is captured: our own pods never are, nor those that say no. */
export class CaptureScope {
  readonly #rules: ScopeRules;
  readonly #pods: NodePods;
  readonly #containerOf: (pid: number, containerId: string) => ContainerFacts | undefined;

  constructor(
    rules: ScopeRules,
    pods: NodePods,
    containerOf: (pid: number, containerId: string) => ContainerFacts | undefined,
  ) {
    this.#rules = rules;
    this.#pods = pods;
    this.#containerOf = containerOf;
  }

  /** Whether a process whose pod stays unknown is captured: it may be of a namespace that is not to be. */
  get capturesUnknown(): boolean {
    const { includeNamespaces, excludeNamespaces } = this.#rules;
    return includeNamespaces.length === 0 && excludeNamespaces.length === 0;
  }

  decide(pid: number, hint: CgroupHint = noHint): ScopeDecision {
    const facts = this.#containerOf(pid, hint.containerId);
    const podUid = facts === undefined ? hint.podUid : facts.podUid;
    const containerId = facts?.containerId ?? hint.containerId;
    if (podUid === '' && (facts !== undefined || containerId === '')) return this.#decideOnHost();
    const pod = this.#pods.podOfUid(podUid ?? '') ?? this.#pods.podOfContainer(containerId)?.pod;
    return pod === undefined ? undefined : this.#decideOn(pod);
  }

  #decideOnHost(): ScopeDecision {
    return this.#rules.includeNamespaces.length === 0 ? 'captured' : 'not_asked_for';
  }

  #decideOn(pod: NodePod): ScopeDecision {
    const { includeNamespaces, excludeNamespaces } = this.#rules;
    if (pod.labels[OWN_POD_LABEL] === OWN_POD_VALUE) return 'left_out';
    if (pod.annotations[CAPTURE_ANNOTATION] === 'false') return 'left_out';
    if (excludeNamespaces.includes(pod.namespace)) return 'left_out';
    if (includeNamespaces.length > 0 && !includeNamespaces.includes(pod.namespace)) return 'left_out';
    return 'captured';
  }
}
