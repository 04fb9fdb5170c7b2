import { field, listAt, objectAt, textAt, timeAt } from './json.ts';

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
