import type { Entity } from '../entities.ts';
import type { AddressRange, EntityUpdate } from './entity-update.ts';
import { isSameOnWire } from './same-on-wire.ts';
import { entityKey, toRanges, UpdateBuilder } from './update-builder.ts';
import type { UpdateHead } from './update-builder.ts';

/** As many as an agent's address book holds. */
const MAX_ENTITIES = 250_000;
/** Some 1.3 MB: what is over goes with the next message. */
export const MAX_CHANGES_PER_MESSAGE = 10_000;
/** As long as agents remember; an agent that comes later needs it for what its peers did just before. */
const HISTORY_MS = 10 * 60_000;

/** The entities as they are, those that ended lately, and which of them have changed since the last message. */
export class FeedState {
  readonly #known = new Map<string, Entity>();
  readonly #changed = new Set<string>();
  /** Uids by their end. */
  readonly #ended = new Map<string, number>();
  #ranges: AddressRange[] = [];
  #haveRangesChanged = false;
  refusedCount = 0;

  get size(): number {
    return this.#known.size;
  }

  get hasChanges(): boolean {
    return this.#changed.size > 0;
  }

  get clusterRanges(): AddressRange[] {
    return this.#ranges;
  }

  put(entity: Entity, nowMs: number): void {
    const known = this.#known.get(entity.uid);
    const endedMs = Number(entity.endedWallNs / 1_000_000n);
    if (known === undefined && endedMs > 0 && endedMs < nowMs - HISTORY_MS) return;
    const isNew = known === undefined;
    if (isNew && (this.#known.size >= MAX_ENTITIES || entityKey(entity.uid) === undefined)) {
      this.refusedCount += 1;
      return;
    }
    this.#known.set(entity.uid, entity);
    if (endedMs === 0) this.#ended.delete(entity.uid);
    else this.#ended.set(entity.uid, endedMs);
    if (known === undefined || !isSameOnWire(known, entity)) this.#changed.add(entity.uid);
  }

  setClusterRanges(cidrs: readonly string[]): void {
    this.#ranges = toRanges(cidrs);
    this.#haveRangesChanged = true;
  }

  /** A snapshot tells it all, and nobody holds an older one. */
  dropChanges(): void {
    this.#changed.clear();
    this.#haveRangesChanged = false;
  }

  takeChanges(head: UpdateHead): { update: EntityUpdate; changes: number } {
    const builder = new UpdateBuilder();
    for (const uid of this.#changed) {
      if (builder.count >= MAX_CHANGES_PER_MESSAGE) break;
      this.#changed.delete(uid);
      const known = this.#known.get(uid);
      if (known !== undefined) builder.add(known);
    }
    const ranges = this.#haveRangesChanged ? this.#ranges : [];
    this.#haveRangesChanged = false;
    return { update: builder.finish(head, ranges), changes: builder.count + ranges.length };
  }

  /** Every entity, so many at a time. */
  *builders(entitiesPerPart: number): Iterable<UpdateBuilder> {
    let builder = new UpdateBuilder();
    for (const entity of this.#known.values()) {
      if (builder.count >= entitiesPerPart) {
        yield builder;
        builder = new UpdateBuilder();
      }
      builder.add(entity);
    }
    yield builder;
  }

  forgetEnded(nowMs: number): void {
    for (const [uid, endedMs] of this.#ended) {
      if (endedMs >= nowMs - HISTORY_MS) continue;
      this.#ended.delete(uid);
      this.#changed.delete(uid);
      this.#known.delete(uid);
    }
  }
}
