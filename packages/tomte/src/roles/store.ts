import { mkdir } from 'node:fs/promises';
import { AppError } from '@tomte/kit';
import { parseSizeBytes } from '@tomte/query';
import { type EmbeddedEvent, type EmbeddedOptions, startEmbedded } from '@tomte/store';
import { defaultDataDir } from '../data-dir.ts';
import { userError } from '../errors.ts';
import { parseListenAddress } from '../listen-address.ts';
import { startLifetime, untilAborted } from '../supervised.ts';
import { createRoleTeller, type RoleTeller } from './role-teller.ts';

interface StoreRoleOptions {
  readonly listen?: string;
  readonly data?: string;
  readonly maxMemory?: string;
  readonly json?: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Below it ClickHouse does not start. */
const MIN_MEMORY_BYTES = 512 * 2 ** 20;
const MIN_PASSWORD_CHARACTERS = 8;

/** Keeps ClickHouse running until it is told to stop. */
export async function runStoreRole(options: StoreRoleOptions): Promise<number> {
  const { host, port } = parseListenAddress(options.listen ?? '127.0.0.1:8123');
  const maxServerMemoryBytes = parseMemory(options.maxMemory ?? '1536MiB');
  const passwords = passwordsOf(process.env);
  const lifetime = startLifetime();
  const tell = createRoleTeller(options.json === true);
  const dataDir = options.data ?? defaultDataDir();
  await makeFolder(dataDir);
  const embedded: EmbeddedOptions = {
    dataDir,
    listenHost: host,
    ...(port === 0 ? {} : { httpPort: port }),
    passwords,
    limits: { maxServerMemoryBytes, maxReaderMemoryBytes: Math.floor(maxServerMemoryBytes / 2) },
    onEvent: (event) => sayEvent(tell, event),
  };
  await using server = await startEmbedded(embedded);
  const httpPort = Number(new URL(server.url).port);
  lifetime.ready({ httpPort });
  if (!lifetime.isSupervised)
    tell({ kind: 'store_ready', port: httpPort }, `ClickHouse answers on port ${httpPort}.`);
  await untilAborted(lifetime.signal);
  lifetime.end();
  return 0;
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 }).catch((thrown: unknown) => {
    const remedy = 'Give another one with --data, or make it writable.';
    throw AppError.from(thrown, 'TOMTE_DATA_DIR_UNUSABLE', { family: 'user', remedy });
  });
}

/** They come by the environment alone, as everywhere: command lines are public. */
function passwordsOf(env: Environment): { readonly admin: string; readonly reader: string } {
  return {
    admin: passwordIn(env, 'TOMTE_CLICKHOUSE_PASSWORD'),
    reader: passwordIn(env, 'TOMTE_CLICKHOUSE_READER_PASSWORD'),
  };
}

function passwordIn(env: Environment, name: string): string {
  const password = env[name] ?? '';
  if (password.length >= MIN_PASSWORD_CHARACTERS && /^[\x21-\x7e]*$/.test(password)) return password;
  throw userError(
    'TOMTE_STORE_PASSWORD_UNUSABLE',
    `${name} is not set, is shorter than ${MIN_PASSWORD_CHARACTERS} characters, or has other than visible ASCII characters`,
    'Set it; `openssl rand -hex 24` makes one.',
  );
}

function parseMemory(text: string): number {
  const bytes = Number(parseSizeBytes(text) ?? 0);
  if (bytes >= MIN_MEMORY_BYTES) return bytes;
  throw userError(
    'TOMTE_STORE_MEMORY_INVALID',
    `--max-memory ${JSON.stringify(text)} is no size of 512MiB or more`,
    'Write 1536MiB or 4GiB.',
  );
}

function sayEvent(tell: RoleTeller, event: EmbeddedEvent): void {
  switch (event.kind) {
    case 'server_died':
      return tell(
        { kind: 'clickhouse_died', last_words: event.lastWords },
        `ClickHouse died: ${event.lastWords.trim()}`,
      );
    case 'server_restarted':
      return tell({ kind: 'clickhouse_restarted', pid: event.pid }, 'ClickHouse runs again.');
    case 'restart_failed':
      return tell(
        { kind: 'clickhouse_restart_failed', reason: event.error.message },
        `ClickHouse does not start: ${event.error.message}`,
      );
  }
}
