import type { Entity, ObjectEntity } from '../entities.ts';
import { toEntityState } from './entity-row.ts';
import type { EntityRow, EntityState } from './entity-row.ts';

/** What changes while an object is this young belongs to its making: it is one version. */
const SETTLING_NS = 60_000_000_000n;
const MAX_ENTITIES = 250_000;

interface Version {
  /** The state as JSON: for comparison, and half the memory of the objects. */
  readonly text: string;
  readonly validFromNs: bigint;
  /** Of the entity, when this version was written. */
  readonly startedNs: bigint;
}

/** A row of the store that stands open: whoever is not told of again has ended meanwhile. */
export type OpenRow = Omit<EntityRow, 'valid_to' | 'observed'>;

export interface EntityHistoryOptions {
  readonly clusterName: string;
  readonly nowWallNs: () => bigint;
  readonly write: (row: EntityRow) => void;
}

/** Makes of entities as they change the rows of `k8s_entities`, one a version, and again when a version ends. */
export class EntityHistory {
  readonly #options: EntityHistoryOptions;
  readonly #versions = new Map<string, Version>();
  #unseen = new Map<string, OpenRow[]>();
  #refusedCount = 0;

  constructor(options: EntityHistoryOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#versions.size;
  }

  get refusedCount(): number {
    return this.#refusedCount;
  }

  /** What an earlier collector has left open. */
  resume(open: readonly OpenRow[]): void {
    for (const row of open) this.#unseen.set(row.uid, [...(this.#unseen.get(row.uid) ?? []), row]);
  }

  /** All that lives has been told: what was left open and was not among it has ended, when is not known. */
  endUnseen(): void {
    const now = this.#options.nowWallNs();
    for (const rows of this.#unseen.values())
      for (const row of rows) this.#options.write({ ...row, valid_to: now, observed: now });
    this.#unseen = new Map();
  }

  put(entity: Entity | ObjectEntity): void {
    const text = JSON.stringify(toEntityState(entity));
    const before = this.#versions.get(entity.uid) ?? this.#resumed(entity, text);
    if (entity.endedWallNs > 0n) this.#end(entity, text, before);
    else if (before === undefined) this.#begin(entity, text);
    else if (before.text !== text || before.startedNs !== entity.startedWallNs)
      this.#change(entity, text, before);
  }

  #begin({ uid, startedWallNs }: Entity | ObjectEntity, text: string): void {
    if (this.#versions.size >= MAX_ENTITIES) {
      this.#refusedCount += 1;
      return;
    }
    this.#versions.set(uid, { text, validFromNs: startedWallNs, startedNs: startedWallNs });
    this.#write(text, startedWallNs, 0n);
  }

  #change({ uid, startedWallNs }: Entity | ObjectEntity, text: string, before: Version): void {
    const validFromNs = this.#startOfVersion(startedWallNs, text, before);
    if (validFromNs !== before.validFromNs) {
      // A version that is found to have begun earlier never was: it ends where it began.
      const endNs = validFromNs > before.validFromNs ? validFromNs : before.validFromNs;
      this.#write(before.text, before.validFromNs, endNs);
    }
    this.#versions.set(uid, { text, validFromNs, startedNs: startedWallNs });
    this.#write(text, validFromNs, 0n);
  }

  #startOfVersion(startedNs: bigint, text: string, before: Version): bigint {
    if (startedNs !== before.startedNs) return startedNs;
    const now = this.#options.nowWallNs();
    const held = toState(before.text).addresses;
    const isMoved = held.length > 0 && held.join() !== toState(text).addresses.join();
    return !isMoved && now - before.validFromNs < SETTLING_NS ? before.validFromNs : now;
  }

  #end(
    { uid, startedWallNs, endedWallNs }: Entity | ObjectEntity,
    text: string,
    before: Version | undefined,
  ): void {
    if (before === undefined) this.#write(text, startedWallNs, endedWallNs);
    else this.#write(before.text, before.validFromNs, endedWallNs);
    this.#versions.delete(uid);
  }

  /** The version that the store has open, now with what is known of it: what changed while no collector ran is its own. */
  #resumed({ uid, startedWallNs }: Entity | ObjectEntity, text: string): Version | undefined {
    const rows = this.#unseen.get(uid)?.sort((a, b) => (a.valid_from < b.valid_from ? -1 : 1));
    const row = rows?.at(-1);
    if (row === undefined) return undefined;
    this.#unseen.delete(uid);
    this.#endFormer(rows ?? []);
    const startedNs = startedWallNs > row.valid_from ? row.valid_from : startedWallNs;
    const version = { text, validFromNs: row.valid_from, startedNs };
    this.#versions.set(uid, version);
    this.#write(text, row.valid_from, 0n);
    return version;
  }

  /** Of several collectors each has its own version of a change: those before the latest end where the next begins. */
  #endFormer(rows: readonly OpenRow[]): void {
    for (const [index, row] of rows.entries()) {
      const next = rows[index + 1];
      if (next === undefined) return;
      this.#options.write({ ...row, valid_to: next.valid_from, observed: this.#options.nowWallNs() });
    }
  }

  #write(text: string, validFromNs: bigint, validToNs: bigint): void {
    const { clusterName, nowWallNs, write } = this.#options;
    write({
      ...toState(text),
      k8s_cluster_name: clusterName,
      valid_from: validFromNs,
      valid_to: validToNs,
      observed: nowWallNs(),
    });
  }
}

function toState(text: string): EntityState {
  return JSON.parse(text) as EntityState; // Proof: made by JSON.stringify of one, above.
}
