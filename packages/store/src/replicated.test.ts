import { expect, it } from 'vitest';
import { loadMigrations } from './migrations.ts';
import { createReplicatedDatabase, toReplicated } from './replicated.ts';

it.each([
  ['ENGINE = MergeTree\nORDER BY a', 'ENGINE = ReplicatedMergeTree\nORDER BY a'],
  ['ENGINE = ReplacingMergeTree(version)', 'ENGINE = ReplicatedReplacingMergeTree(version)'],
  ['ENGINE = ReplicatedMergeTree', 'ENGINE = ReplicatedMergeTree'],
  ["ALTER TABLE t MODIFY COMMENT 'ENGINE = MergeTree'", "ALTER TABLE t MODIFY COMMENT 'ENGINE = MergeTree'"],
])('%s', (statement, replicated) => {
  expect(toReplicated(statement)).toBe(replicated);
});

it('leaves no table of a migration to one server', () => {
  const engines = loadMigrations()
    .flatMap(({ statements }) => statements.map(toReplicated))
    .flatMap((statement) => [...statement.matchAll(/^ENGINE = (\w+)/gm)].map(([, engine]) => engine));
  expect(engines.length).toBeGreaterThan(5);
  for (const engine of engines) expect(engine).toMatch(/^Replicated\w*MergeTree$/);
});

it('makes the database on every server', () => {
  expect(createReplicatedDatabase('tomte', { name: 'all' })).toBe(
    "CREATE DATABASE IF NOT EXISTS tomte ON CLUSTER all ENGINE = Replicated('/clickhouse/databases/tomte', '{shard}', '{replica}')",
  );
});
