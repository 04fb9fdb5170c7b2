import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { checkout } from '../checkout.ts';

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly securityContext: {
    readonly privileged: boolean;
    readonly allowPrivilegeEscalation: boolean;
    readonly readOnlyRootFilesystem: boolean;
    readonly capabilities: { readonly drop: readonly string[]; readonly add?: readonly string[] };
  };
  readonly volumeMounts: readonly { readonly name: string; readonly readOnly?: boolean }[];
}

export interface PodTemplate {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly hostPID?: boolean;
    readonly hostNetwork?: boolean;
    readonly securityContext?: { readonly runAsNonRoot?: boolean };
    readonly containers: readonly Container[];
    readonly volumes: readonly { readonly name: string; readonly hostPath?: { readonly path: string } }[];
  };
}

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec?: { readonly template?: PodTemplate };
  readonly rules?: readonly PolicyRule[];
}

interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** Objects of each example, as rendered: names are those of the folders. */
export function exampleObjects(): ReadonlyMap<string, readonly KubernetesObject[]> {
  const paths = globSync('charts/tomte/examples/*/rendered.yaml', { cwd: checkout }).toSorted();
  return new Map(
    paths.map((path) => [basename(dirname(path)), parseObjects(readFileSync(join(checkout, path), 'utf8'))]),
  );
}

function parseObjects(text: string): readonly KubernetesObject[] {
  const documents = parseAllDocuments(text);
  if (!Array.isArray(documents)) return [];
  // Proof: each document has the shape of every Kubernetes object; what is looked at is compared by tests.
  return documents.map((document) => document.toJS() as KubernetesObject).filter((object) => object !== null);
}
