import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectStore, defaultRetention, MAX_RETENTION_DAYS, startEmbedded } from '@tomte/store';
import type { EmbeddedOptions, EmbeddedServer, RetainedTable, Retention, Store } from '@tomte/store';

/** Test rows carry fixed dates: they must not expire while a test looks at them. */
export function endlessRetention(): Retention {
  const tables = Object.keys(defaultRetention()) as RetainedTable[]; // Proof: its own keys.
  return Object.fromEntries(tables.map((table) => [table, MAX_RETENTION_DAYS])) as Retention; // Proof: each table is there.
}

/** A real ClickHouse with Tomte's tables in a folder of its own; all gone when it is closed. */
export interface TestStore {
  readonly server: EmbeddedServer;
  readonly store: Store;
  /** Another connection, as a second collector would have it. */
  connect(): Store;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startTestStore(options: Omit<EmbeddedOptions, 'dataDir'> = {}): Promise<TestStore> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tomte-test-store-'));
  const server = await startEmbedded({ ...options, dataDir });
  const opened: Store[] = [];
  const connect = (): Store => {
    const store = connectStore(server);
    opened.push(store);
    return store;
  };
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((store) => store.close()));
    await server.close();
    await rm(dataDir, { recursive: true, force: true });
  };
  const store = connect();
  await store.prepare(endlessRetention());
  return { server, store, connect, close, [Symbol.asyncDispose]: close };
}
