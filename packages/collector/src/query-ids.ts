import type { TableName } from '@tomte/model';
import { queryPrefixOf } from './batch-store.ts';

/** Names of inserts, unique for ever since the collector's id is. */
export class QueryIds {
  readonly #collectorId: string;
  #counter = 0;

  constructor(collectorId: string) {
    this.#collectorId = collectorId;
  }

  next(table: TableName): string {
    this.#counter += 1;
    return `${queryPrefixOf(table)}${this.#collectorId}.${this.#counter}`;
  }
}
