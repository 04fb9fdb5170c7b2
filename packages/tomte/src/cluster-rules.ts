import type { CustomOwner } from '@tomte/k8s';
import { userError } from './errors.ts';

/** Each is a watch of its own, of every object of its kind. */
const MAX_OWNERS = 16;
/** Names and beginnings of names, of labels and likewise of annotations. */
const MAX_KEPT = 64;

const DEFAULT_LABELS = 'app,app.kubernetes.io/*,version,topology.kubernetes.io/*,node.kubernetes.io/*';

const GROUP = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
const VERSION = /^v[0-9]+([a-z]+[0-9]+)?$/;
const RESOURCE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
/** With at least one character before `*`: a prefix of a domain, or a name and maybe what it begins with. */
const KEPT =
  /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?([A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?|[-\w.]{0,62}\*)$/;

/** What a collector keeps of the cluster, as its flags say it. */
export interface ClusterRules {
  readonly customOwners: readonly CustomOwner[];
  readonly labels: readonly string[];
  readonly annotations: readonly string[];
}

export interface ClusterRuleOptions {
  readonly owner?: readonly string[];
  readonly keepLabels?: string;
  readonly keepAnnotations?: string;
}

/** @throws AppError TOMTE_OWNER_INVALID, TOMTE_KEPT_NAME_INVALID */
export function parseClusterRules(options: ClusterRuleOptions): ClusterRules {
  return {
    customOwners: parseOwners(options.owner ?? []),
    labels: parseKept('--keep-labels', options.keepLabels ?? DEFAULT_LABELS),
    annotations: parseKept('--keep-annotations', options.keepAnnotations ?? ''),
  };
}

function parseOwners(texts: readonly string[]): readonly CustomOwner[] {
  const different = [...new Set(texts)];
  if (different.length <= MAX_OWNERS) return different.map(parseOwner);
  const facts = `${different.length} custom owners are more than ${MAX_OWNERS}`;
  throw userError('TOMTE_OWNER_INVALID', facts, 'Each is watched as a whole: name fewer.');
}

function parseOwner(text: string): CustomOwner {
  const [group = '', version = '', resource = '', ...more] = text.split('/');
  const isOne = GROUP.test(group) && VERSION.test(version) && RESOURCE.test(resource);
  if (isOne && more.length === 0) return { group, version, resource };
  const facts = `${JSON.stringify(text)} names no custom resource`;
  const remedy = 'Write GROUP/VERSION/RESOURCE, such as argoproj.io/v1alpha1/rollouts.';
  throw userError('TOMTE_OWNER_INVALID', facts, remedy);
}

function parseKept(flag: string, text: string): readonly string[] {
  const names = [...new Set(text.split(',').filter((name) => name !== ''))];
  const wrong = names.find((name) => name === '*' || !KEPT.test(name));
  if (wrong === undefined && names.length <= MAX_KEPT) return names;
  const facts =
    wrong === undefined
      ? `${flag} has ${names.length} names, more than ${MAX_KEPT}`
      : `${flag}: ${JSON.stringify(wrong)} is no name of a label or annotation`;
  const remedy = 'Write names such as app, example.com/team or example.com/*, with commas between them.';
  throw userError('TOMTE_KEPT_NAME_INVALID', facts, remedy);
}
