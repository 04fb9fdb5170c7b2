import { isAlias, isMap, isScalar, type Pair, parseDocument } from 'yaml';
import { AppError } from '@tomte/kit';

/** One key of values.yaml that a person may set. */
export interface ValueKey {
  /** `agent.spool.hostPath`. */
  readonly path: string;
  readonly meaning: string;
  /** As JSON. */
  readonly default: string;
}

/**
 * Keys in their order. A key with a comment is described as a whole, whatever stands below it; one without must have keys
 * below it. Throws CHART_VALUE_UNDOCUMENTED.
 */
export function readValues(text: string): readonly ValueKey[] {
  const document = parseDocument(text);
  if (!isMap(document.contents)) return [];
  return document.contents.items.flatMap((pair) => keysOf(pair, ''));
}

function keysOf({ key, value }: Pair, above: string): readonly ValueKey[] {
  if (!isScalar(key) || isAlias(value)) throw undocumented(above, 'is no plain key');
  const path = `${above}${String(key.value)}`;
  const comment = key.commentBefore ?? undefined;
  if (comment === undefined && isMap(value) && value.items.length > 0) {
    // The first key below carries the comment that stands between the two.
    const [first] = value.items;
    if (first !== undefined && isScalar(first.key)) first.key.commentBefore ??= value.commentBefore ?? null;
    return value.items.flatMap((below) => keysOf(below, `${path}.`));
  }
  const meaning = comment?.split('\n\n').at(-1);
  if (meaning === undefined) throw undocumented(path, 'has no comment');
  return [{ path, meaning: oneLine(meaning), default: JSON.stringify(jsonOf(value)) }];
}

function jsonOf(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || !('toJSON' in value)) return null;
  return (value as { toJSON(): unknown }).toJSON(); // Proof: the nodes of `yaml` have it.
}

function oneLine(comment: string): string {
  return comment.replaceAll(/\s+/g, ' ').trim();
}

function undocumented(path: string, facts: string): AppError {
  return new AppError('CHART_VALUE_UNDOCUMENTED', `${path} of values.yaml ${facts}`, {
    family: 'user',
    remedy: 'Write what it means on the lines above it.',
  });
}
