import type { ViewDescription } from '../api/answer.ts';

/** Tables with their columns, as far as the views tell of them: what an editor completes. */
export type SqlSchema = Readonly<Record<string, readonly string[]>>;

export function sqlSchemaOf(views: readonly ViewDescription[]): SqlSchema {
  return Object.fromEntries(views.map(({ record, filters }) => [record, filters]));
}
