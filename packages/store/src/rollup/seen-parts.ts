/** An active part of the base table, as system.parts tells of it. */
export interface BasePart {
  readonly name: string;
  readonly partition: string;
  readonly minBlock: number;
  readonly maxBlock: number;
}

/**
 * Which blocks of the base table were looked at. A merged part holds the blocks of those that it was made
 * from, so it is new only if one of these was never seen. Memory: ranges that touch become one, so it is
 * about one range a partition.
 */
export class SeenParts {
  readonly #ranges = new Map<string, { from: number; to: number }[]>();

  isSeen(part: BasePart): boolean {
    const ranges = this.#ranges.get(part.partition) ?? [];
    return ranges.some((range) => range.from <= part.minBlock && part.maxBlock <= range.to);
  }

  add(part: BasePart): void {
    const ranges = [...(this.#ranges.get(part.partition) ?? []), { from: part.minBlock, to: part.maxBlock }];
    ranges.sort((a, b) => a.from - b.from);
    const joined: { from: number; to: number }[] = [];
    for (const range of ranges) {
      const last = joined.at(-1);
      if (last !== undefined && range.from <= last.to + 1) last.to = Math.max(last.to, range.to);
      else joined.push({ ...range });
    }
    this.#ranges.set(part.partition, joined);
  }

  /** Forgets the partitions that are no more. */
  keepOnly(partitions: ReadonlySet<string>): void {
    for (const partition of this.#ranges.keys())
      if (!partitions.has(partition)) this.#ranges.delete(partition);
  }
}
