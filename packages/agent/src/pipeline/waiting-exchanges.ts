import type { Exchange } from '@tomte/protocols';
import type { Peer, Placement } from '../identity/cluster-view.ts';
import type { ProcessIdentity } from '../identity/process-table.ts';
import type { Connection } from './connection.ts';

/** An exchange with what its row says of both ends, as far as it is known. */
export interface IdentifiedExchange {
  readonly exchange: Exchange;
  readonly connection: Connection;
  readonly process: ProcessIdentity | undefined;
  readonly placement: Placement;
  readonly peer: Peer;
}

type Waiting = Omit<IdentifiedExchange, 'placement' | 'peer'> & { readonly sinceNs: number };

/** Each may hold two bodies and the headers of two messages, some 8 KiB in all. */
const MAX_WAITING = 2_048;
/** As long as the watch of a pod, or a message about it, is on its way; a row is to be visible within three seconds. */
const PATIENCE_NS = 1.2e9;

/**
 * Exchanges whose pods are not known yet: a pod can answer before the API server has told of it. Each is written as
 * soon as both ends are known, or with the reason when its patience, or the room here, is at its end.
 */
export class WaitingExchanges {
  readonly #identify: (waiting: Waiting, isLast: boolean) => IdentifiedExchange | undefined;
  readonly #write: (identified: IdentifiedExchange) => void;
  #waiting: Waiting[] = [];

  constructor(
    identify: (waiting: Waiting, isLast: boolean) => IdentifiedExchange | undefined,
    write: (identified: IdentifiedExchange) => void,
  ) {
    this.#identify = identify;
    this.#write = write;
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** Writes it now, or keeps it. */
  add(waiting: Waiting): void {
    const identified = this.#identify(waiting, this.#waiting.length >= MAX_WAITING);
    if (identified === undefined) this.#waiting.push(waiting);
    else this.#write(identified);
  }

  /** Writes those that have become known, and those that have waited long enough; returns how many. */
  settle(nowNs: number): number {
    if (this.#waiting.length === 0) return 0;
    const before = this.#waiting;
    this.#waiting = [];
    for (const waiting of before) {
      const identified = this.#identify(waiting, nowNs - waiting.sinceNs >= PATIENCE_NS);
      if (identified === undefined) this.#waiting.push(waiting);
      else this.#write(identified);
    }
    return before.length - this.#waiting.length;
  }

  /** Earliest start among those that wait. */
  earliestStartNs(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const { exchange } of this.#waiting) earliest = Math.min(earliest, exchange.requestStartNs);
    return earliest;
  }
}
