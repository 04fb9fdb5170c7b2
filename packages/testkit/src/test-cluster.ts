import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectStore, startEmbedded } from '@tomte/store';
import type { EmbeddedServer, Store, StoreAddress } from '@tomte/store';
import { endlessRetention } from './test-store.ts';

/** Shards of one real ClickHouse each, over which Tomte's tables are spread; all gone when it is closed. */
export interface TestCluster {
  readonly servers: readonly EmbeddedServer[];
  /** How each server is asked. */
  readonly addresses: readonly StoreAddress[];
  /** One connection to each. */
  readonly stores: readonly Store[];
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const NAME = 'all';

export async function startTestCluster(shards = 2): Promise<TestCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'tomte-test-cluster-'));
  const ports = await Promise.all(Array.from({ length: shards }, freePort));
  const passwords = { admin: randomBytes(12).toString('hex'), reader: randomBytes(12).toString('hex') };
  const servers: EmbeddedServer[] = [];
  const stores: Store[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(stores.map((store) => store.close()));
    await Promise.all(servers.map((server) => server.close()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    for (const [index, port] of ports.entries()) {
      const configuration = clusterConfiguration(port, ports, passwords.admin);
      const server = await startEmbedded({ dataDir: join(folder, String(index)), passwords, configuration });
      servers.push(server);
      await listen(server);
    }
    const addresses = servers.map((server) => ({ ...server, cluster: { name: NAME, isReplicated: false } }));
    for (const address of addresses) {
      const store = connectStore(address);
      stores.push(store);
      await store.prepare(endlessRetention());
    }
    return { servers, addresses, stores, close, [Symbol.asyncDispose]: close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

/** They ask each other as Tomte's own user, whoever asks them: what a table may be read for is decided where it is named. */
function clusterConfiguration(port: number, ports: readonly number[], password: string): string {
  const login = `<user>tomte</user><password>${password}</password>`;
  const shards = ports.map(
    (each) => `<shard><replica><host>127.0.0.1</host><port>${each}</port>${login}</replica></shard>`,
  );
  return `<tcp_port>${port}</tcp_port>
 <remote_servers><${NAME}>${shards.join('')}</${NAME}></remote_servers>`;
}

/** Servers ask each other over ClickHouse's own protocol, which the embedded one speaks when it is told to. */
async function listen({ url, user, password }: EmbeddedServer): Promise<void> {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const asked = new URL('/?query=SYSTEM%20START%20LISTEN%20TCP', url);
  const answer = await fetch(asked, { method: 'POST', headers: { authorization } });
  if (!answer.ok) throw new Error(`no port for other servers: ${await answer.text()}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
