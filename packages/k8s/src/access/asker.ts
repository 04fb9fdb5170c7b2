/** Who asks, as the API server knows them. */
export interface Asker {
  readonly name: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** Equal for the same person with the same groups. */
export function askerKey({ name, uid, groups, extra }: Asker): string {
  return JSON.stringify([
    name,
    uid,
    [...groups].sort(),
    Object.entries(extra).sort(([a], [b]) => (a < b ? -1 : 1)),
  ]);
}

/** What a review says of a user, or undefined when that is not of its form. */
export function toAsker(user: unknown): Asker | undefined {
  const {
    username,
    uid = '',
    groups = [],
    extra = {},
  }: Readonly<Record<string, unknown>> = { ...Object(user) };
  if (typeof username !== 'string' || username === '') return undefined;
  return {
    name: username,
    uid: typeof uid === 'string' ? uid : '',
    groups: textsOf(groups),
    extra: Object.fromEntries(Object.entries(Object(extra)).map(([name, values]) => [name, textsOf(values)])),
  };
}

function textsOf(values: unknown): readonly string[] {
  return Array.isArray(values) ? values.filter((value) => typeof value === 'string') : [];
}
