import { ManualClock } from '@tomte/kit';
import { CollectorMessage } from '@tomte/wire';
import { AddressBook } from '../address-book/address-book.ts';
import type { Peer } from '../address-book/peer.ts';
import { parseAddress, toMapped } from '../address-bytes.ts';
import { EntityFeed } from '../feed/entity-feed.ts';
import type { EntityUpdate, FeedPosition } from '../feed/entity-update.ts';

/** The feed's messages as they are on the wire. */
function encodeEntities(entities: EntityUpdate): Uint8Array {
  return CollectorMessage.encode({ kind: { $case: 'entities', entities } }).finish();
}

export function decodeEntities(message: Uint8Array): EntityUpdate {
  const { kind } = CollectorMessage.decode(message);
  if (kind?.$case !== 'entities') throw new Error('not a message of entities');
  return kind.entities;
}

/** A feed under a clock that stands until it is moved. */
export function aFeed(feedId = 7n): { feed: EntityFeed; clock: ManualClock; second: () => void } {
  const clock = new ManualClock(1_000_000_000_000n);
  const feed = new EntityFeed({ clock, feedId, encode: encodeEntities, asOfWallNs: () => clock.wallNs() });
  return { feed, clock, second: () => clock.advanceMs(1_000) };
}

/** A book that hears the feed through the wire's own codec; `messages` are those that came. */
export class Listener {
  readonly book: AddressBook;
  readonly messages: Uint8Array[] = [];
  readonly refused: EntityUpdate[] = [];
  /** How many messages it takes before it wants no more. */
  room = Infinity;

  constructor(book = new AddressBook()) {
    this.book = book;
  }

  listen(feed: EntityFeed, position: FeedPosition = this.book.position): ReturnType<EntityFeed['subscribe']> {
    return feed.subscribe(position, { send: (message) => this.#receive(message) });
  }

  /** @param atSeconds since the Unix epoch */
  who(address: string, atSeconds: number): Peer {
    return this.book.resolve(mapped(address), BigInt(Math.round(atSeconds * 1e9)));
  }

  #receive(message: Uint8Array): boolean {
    this.messages.push(message);
    const update = decodeEntities(message);
    if (!this.book.apply(update)) this.refused.push(update);
    this.room -= 1;
    return this.room > 0;
  }
}

function mapped(address: string): Uint8Array {
  const bytes = new Uint8Array(16);
  const parsed = parseAddress(address);
  if (parsed === undefined || !toMapped(parsed, bytes)) throw new Error(`no address: ${address}`);
  return bytes;
}
