import { EntityHistory, toEventRow } from '@tomte/k8s';
import type { Entity, EntityRow, EventRow, KubernetesEvent, ObjectEntity } from '@tomte/k8s';
import { AppError } from '@tomte/kit';
import type { Clock } from '@tomte/kit';
import type { Store } from '@tomte/store';

const WRITE_MS = 2_000;
const MAX_ROWS_AT_ONCE = 5_000;
/** Rows that wait while ClickHouse is away, some 1 KiB each; over it the oldest go and are counted. */
const MAX_WAITING_ROWS = 50_000;

export interface ClusterHistoryOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly clusterName: string;
  readonly onError: (error: AppError) => void;
}

/** Writes what a cluster was and what it said of itself: rows that replace themselves when they are written again. */
export class ClusterHistory {
  readonly #options: ClusterHistoryOptions;
  readonly #history: EntityHistory;
  readonly #entities: EntityRow[] = [];
  readonly #events: EventRow[] = [];
  #cancel: () => void = () => undefined;
  #isClosed = false;
  #writing: Promise<void> = Promise.resolve();
  /** Given up since ClickHouse was away for too long. */
  #droppedRows = 0;
  #saidRows = 0;

  constructor(options: ClusterHistoryOptions) {
    const { clock, clusterName } = options;
    this.#options = options;
    this.#history = new EntityHistory({
      clusterName,
      nowWallNs: () => clock.wallNs(),
      write: (row) => this.#add(this.#entities, row),
    });
    this.#schedule();
  }

  /** Before the first entity: what a collector before this one has left open. */
  async resume(): Promise<void> {
    try {
      this.#history.resume(await this.#options.store.openEntities(this.#options.clusterName));
    } catch (thrown) {
      // What has gone meanwhile stays open then, until a collector that can read it starts.
      this.#options.onError(AppError.from(thrown, 'STORE_UNREACHABLE'));
    }
  }

  entity(entity: Entity | ObjectEntity): void {
    this.#history.put(entity);
  }

  event(event: KubernetesEvent): void {
    const { clusterName, clock } = this.#options;
    this.#add(this.#events, toEventRow(event, clusterName, clock.wallNs()));
  }

  /** All that lives was told. */
  listed(): void {
    this.#history.endUnseen();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancel();
    await this.#writing;
    await this.#writeAll();
    this.#sayDropped();
  }

  #add<Row>(rows: Row[], row: Row): void {
    rows.push(row);
    if (rows.length <= MAX_WAITING_ROWS) return;
    rows.shift();
    this.#droppedRows += 1;
  }

  #sayDropped(): void {
    if (this.#droppedRows === this.#saidRows) return;
    const facts = `${this.#droppedRows} rows of the history of the cluster were given up, since ClickHouse takes none`;
    this.#saidRows = this.#droppedRows;
    this.#options.onError(new AppError('TOMTE_HISTORY_LOST', facts, { remedy: 'Bring ClickHouse back.' }));
  }

  #schedule(): void {
    this.#cancel = this.#options.clock.after(WRITE_MS, () => {
      this.#writing = this.#writeAll().finally(() => {
        this.#sayDropped();
        if (!this.#isClosed) this.#schedule();
      });
    });
  }

  async #writeAll(): Promise<void> {
    const { store } = this.#options;
    await this.#write(this.#entities, (rows) => store.insertRows('k8s_entities', rows));
    await this.#write(this.#events, (rows) => store.insertRows('k8s_events', rows));
  }

  /** What fails waits for the next round: an insert that was made after all is made again without harm. */
  async #write<Row>(rows: Row[], insert: (some: readonly Row[]) => Promise<void>): Promise<void> {
    while (rows.length > 0) {
      const some = rows.splice(0, MAX_ROWS_AT_ONCE);
      try {
        await insert(some);
      } catch (thrown) {
        const keptRows = Math.min(some.length, Math.max(0, MAX_WAITING_ROWS - rows.length));
        this.#droppedRows += some.length - keptRows;
        rows.unshift(...some.slice(some.length - keptRows));
        this.#options.onError(AppError.from(thrown, 'STORE_UNREACHABLE'));
        return;
      }
    }
  }
}
