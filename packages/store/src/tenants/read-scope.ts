import { createHash } from 'node:crypto';
import { StoreError } from '../errors.ts';

/** What someone may read. `all` includes the rows without a namespace. */
export interface ReadScope {
  /** Namespaces whose rows are seen. */
  readonly namespaces: 'all' | readonly string[];
  /** Namespaces of which the content is told: headers, bodies and what else was said. */
  readonly contentOf: 'all' | readonly string[];
  /** Namespaces that are named where they are the other end; without it those whose rows are seen. */
  readonly peersOf?: 'all' | readonly string[];
}

/** Of one list: the views' text grows with it. */
export const MAX_SCOPE_NAMESPACES = 2_000;

/** A DNS label, as Kubernetes has it: nothing in it needs quoting. */
const NAMESPACE = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

export function isFullScope({ namespaces, contentOf }: ReadScope): boolean {
  return namespaces === 'all' && contentOf === 'all';
}

/** Equal for scopes that see the same. Throws STORE_SCOPE_INVALID. */
export function scopeKey(scope: ReadScope): string {
  const { namespaces, contentOf, peersOf = namespaces } = scope;
  const parts = [namespaces, contentOf, peersOf].map((part) => (part === 'all' ? part : sorted(part)));
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function sorted(namespaces: readonly string[]): readonly string[] {
  if (namespaces.length > MAX_SCOPE_NAMESPACES)
    throw new StoreError(
      'STORE_SCOPE_INVALID',
      `${namespaces.length} namespaces are more than a scope may have`,
    );
  const wrong = namespaces.find((name) => !NAMESPACE.test(name));
  if (wrong === undefined) return [...new Set(namespaces)].sort();
  throw new StoreError(
    'STORE_SCOPE_INVALID',
    `${JSON.stringify(wrong.slice(0, 80))} is no name of a namespace`,
  );
}
