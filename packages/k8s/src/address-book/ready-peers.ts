import type { Peer } from './peer.ts';

/** Some 250 bytes each; a node's pods speak with a few hundred others. A power of two. */
const PLACES = 4_096;

/** Peers that stand ready as objects, each at the place of its number; two of one place take turns. */
export class ReadyPeers {
  readonly #slots = new Int32Array(PLACES).fill(-1);
  readonly #peers = new Array<Peer | undefined>(PLACES).fill(undefined);

  get(slot: number): Peer | undefined {
    const place = slot & (PLACES - 1);
    return this.#slots[place] === slot ? this.#peers[place] : undefined;
  }

  set(slot: number, peer: Peer): void {
    const place = slot & (PLACES - 1);
    this.#slots[place] = slot;
    this.#peers[place] = peer;
  }

  delete(slot: number): void {
    const place = slot & (PLACES - 1);
    if (this.#slots[place] !== slot) return;
    this.#slots[place] = -1;
    this.#peers[place] = undefined;
  }
}
