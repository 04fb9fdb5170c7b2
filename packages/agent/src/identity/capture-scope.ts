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

/** undefined: its pod is not known yet. */
export type ScopeDecision = 'captured' | 'left_out' | undefined;

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

  /** Whether a process whose pod nobody knows is captured meanwhile. */
  get capturesUnknown(): boolean {
    return this.#rules.includeNamespaces.length === 0;
  }

  decide(pid: number): ScopeDecision {
    const facts = this.#containerOf(pid, '');
    if (facts === undefined) return undefined;
    if (facts.podUid === '') return this.capturesUnknown ? 'captured' : 'left_out';
    const pod = this.#pods.podOfUid(facts.podUid) ?? this.#pods.podOfContainer(facts.containerId)?.pod;
    return pod === undefined ? undefined : this.#decideOn(pod);
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
