import { field, listAt, objectAt, textAt, timeAt } from './json.ts';

/** Longest value of a label or annotation that is kept; Kubernetes allows 63 characters to a label, 256 KiB to an annotation. */
const MAX_VALUE_CHARACTERS = 256;

export interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** What every object says of itself. */
export interface Meta {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly createdWallNs: bigint;
  /** The owner that controls it; undefined where none does. */
  readonly owner: Owner | undefined;
}

/** Undefined for what has no uid or name. */
export function toMeta(object: unknown): Meta | undefined {
  const metadata = objectAt(object, 'metadata');
  const uid = textAt(metadata, 'uid');
  const name = textAt(metadata, 'name');
  if (uid === '' || name === '') return undefined;
  return {
    uid,
    namespace: textAt(metadata, 'namespace'),
    name,
    createdWallNs: timeAt(metadata, 'creationTimestamp'),
    owner: toOwner(metadata),
  };
}

function toOwner(metadata: unknown): Owner | undefined {
  const found = listAt(metadata, 'ownerReferences').find((owner) => field(owner, 'controller') === true);
  if (found === undefined) return undefined;
  return {
    apiVersion: textAt(found, 'apiVersion'),
    kind: textAt(found, 'kind'),
    name: textAt(found, 'name'),
    uid: textAt(found, 'uid'),
  };
}

/** Of a map of texts those whose key is allowed; an allowed key that ends in `*` allows all that begin so. */
export function pick(
  object: unknown,
  map: 'labels' | 'annotations',
  allowed: readonly string[],
): Readonly<Record<string, string>> {
  const entries = Object.entries(objectAt(objectAt(object, 'metadata'), map)).flatMap(
    ([key, value]): [string, string][] =>
      typeof value === 'string' && allowed.some((pattern) => isAllowed(key, pattern))
        ? [[key, value.slice(0, MAX_VALUE_CHARACTERS)]]
        : [],
  );
  return entries.length === 0 ? none : Object.fromEntries(entries);
}

const none: Readonly<Record<string, string>> = {};

function isAllowed(key: string, pattern: string): boolean {
  return pattern.endsWith('*') ? key.startsWith(pattern.slice(0, -1)) : key === pattern;
}
