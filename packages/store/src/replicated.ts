/** A cluster of ClickHouse servers that hold the same rows: one shard, any number of replicas. */
export interface ReplicatedCluster {
  /** As in `remote_servers`. */
  readonly name: string;
}

const ENGINE = /^ENGINE = (?!Replicated)(\w*MergeTree)\b/gm;

/** The statement with engines whose parts the replicas give each other. Paths and names come from the servers' macros. */
export function toReplicated(statement: string): string {
  return statement.replaceAll(ENGINE, 'ENGINE = Replicated$1');
}

/**
 * Makes the database on every server. What is made or altered in a Replicated database later, by whichever server, is made
 * on all of them.
 */
export function createReplicatedDatabase(database: string, { name }: ReplicatedCluster): string {
  const path = `/clickhouse/databases/${database}`;
  return `CREATE DATABASE IF NOT EXISTS ${database} ON CLUSTER ${name} ENGINE = Replicated('${path}', '{shard}', '{replica}')`;
}
