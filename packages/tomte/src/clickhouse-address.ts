import { type StoreAddress, tenantPasswordOf } from '@tomte/store';
import { userError } from './errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where ClickHouse is and who asks it. Passwords come by the environment: command lines are public. */
export function clickhouseAddress(url: string | undefined, env: Environment): StoreAddress {
  const address = url ?? env['TOMTE_CLICKHOUSE_URL'];
  const parsed = address === undefined ? null : URL.parse(address);
  if (
    parsed === null ||
    !/^https?:$/.test(parsed.protocol) ||
    parsed.username !== '' ||
    parsed.password !== ''
  ) {
    const facts =
      address === undefined ? 'no ClickHouse is named' : 'the address of ClickHouse is no plain http(s) URL';
    const remedy =
      'Give --clickhouse http://HOST:8123, user and password by TOMTE_CLICKHOUSE_USER and TOMTE_CLICKHOUSE_PASSWORD.';
    throw userError('TOMTE_CLICKHOUSE_INVALID', facts, remedy);
  }
  const database = env['TOMTE_CLICKHOUSE_DATABASE'];
  return {
    url: parsed.origin,
    user: env['TOMTE_CLICKHOUSE_USER'] ?? 'default',
    password: env['TOMTE_CLICKHOUSE_PASSWORD'] ?? '',
    ...(database === undefined ? {} : { database }),
    ...clusterOf(env),
    ...readerOf(env),
    ...tenantOf(env),
  };
}

/** Its name stands in SQL. */
function clusterOf(env: Environment): Pick<StoreAddress, 'cluster'> {
  const name = env['TOMTE_CLICKHOUSE_CLUSTER'] ?? '';
  if (name === '') return {};
  if (/^[A-Za-z_]\w{0,62}$/.test(name)) return { cluster: { name } };
  throw userError(
    'TOMTE_CLICKHOUSE_CLUSTER_INVALID',
    `TOMTE_CLICKHOUSE_CLUSTER ${JSON.stringify(name)} is no name of a cluster`,
    'Give the name under which remote_servers of ClickHouse lists it.',
  );
}

function readerOf(env: Environment): Pick<StoreAddress, 'reader'> {
  const user = env['TOMTE_CLICKHOUSE_READER_USER'];
  if (user === undefined) return {};
  return { reader: { user, password: env['TOMTE_CLICKHOUSE_READER_PASSWORD'] ?? '' } };
}

/** The embedded server's are known from its main password; those of another one are given. */
function tenantOf(env: Environment): Pick<StoreAddress, 'tenantPassword'> {
  const main = env['TOMTE_CLICKHOUSE_PASSWORD'] ?? '';
  const tenantPassword =
    env['TOMTE_CLICKHOUSE_TENANT_PASSWORD'] ?? (main === '' ? undefined : tenantPasswordOf(main));
  return tenantPassword === undefined ? {} : { tenantPassword };
}

/** The same as environment of a child. */
export function clickhouseEnvironment(address: StoreAddress): Readonly<Record<string, string>> {
  const { url, user, password, database, cluster, reader, tenantPassword } = address;
  return {
    TOMTE_CLICKHOUSE_URL: url,
    TOMTE_CLICKHOUSE_USER: user,
    TOMTE_CLICKHOUSE_PASSWORD: password,
    ...(database === undefined ? {} : { TOMTE_CLICKHOUSE_DATABASE: database }),
    ...(cluster === undefined ? {} : { TOMTE_CLICKHOUSE_CLUSTER: cluster.name }),
    ...(reader === undefined
      ? {}
      : { TOMTE_CLICKHOUSE_READER_USER: reader.user, TOMTE_CLICKHOUSE_READER_PASSWORD: reader.password }),
    ...(tenantPassword === undefined ? {} : { TOMTE_CLICKHOUSE_TENANT_PASSWORD: tenantPassword }),
  };
}
