/** Versions that this build speaks. Raise the first with every new kind of message. */
export const PROTOCOL_VERSION = 2;
export const MINIMUM_PROTOCOL_VERSION = 1;

export interface VersionRange {
  readonly minimum: number;
  readonly maximum: number;
}

/** The highest version that both speak; undefined when the ranges do not meet. */
export function negotiateVersion(ours: VersionRange, theirs: VersionRange): number | undefined {
  const highest = Math.min(ours.maximum, theirs.maximum);
  return highest >= Math.max(ours.minimum, theirs.minimum) && highest > 0 ? highest : undefined;
}
