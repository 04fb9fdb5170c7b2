import { AppError } from '@tomte/kit';
import type { ValueKey } from './values.ts';

interface Node {
  description?: string;
  readonly additionalProperties?: unknown;
  readonly properties?: Record<string, Node>;
}

/** The schema with the meaning of each key. Throws CHART_SCHEMA_INCOMPLETE where values and schema have different keys. */
export function renderSchema(schema: string, keys: readonly ValueKey[]): string {
  const root = JSON.parse(schema) as Node; // Proof: a JSON schema; Helm reads it too.
  const described = new Map(keys.map(({ path, meaning }) => [path, meaning]));
  const left = new Set(described.keys());
  describe(root, '', { described, left });
  const [missing] = left;
  if (missing !== undefined) throw incomplete(`${missing} of values.yaml is not in values.schema.json`);
  return `${JSON.stringify(root, null, 2)}\n`;
}

interface Describing {
  readonly described: ReadonlyMap<string, string>;
  readonly left: Set<string>;
}

function describe(node: Node, above: string, { described, left }: Describing): void {
  if (node.additionalProperties !== false)
    throw incomplete(`${above === '' ? 'the top' : above} takes unknown keys in values.schema.json`);
  for (const [name, below] of Object.entries(node.properties ?? {})) {
    const path = above === '' ? name : `${above}.${name}`;
    const meaning = described.get(path);
    left.delete(path);
    if (meaning !== undefined) below.description = meaning;
    else if (path !== 'global') describe(below, path, { described, left });
  }
}

function incomplete(facts: string): AppError {
  return new AppError('CHART_SCHEMA_INCOMPLETE', facts, {
    family: 'user',
    remedy: 'Each key stands in both files, and objects say `additionalProperties: false`.',
  });
}
