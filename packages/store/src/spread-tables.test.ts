import { storedRecords } from '@tomte/model';
import { expect, it } from 'vitest';
import { loadMigrations } from './migrations.ts';
import { createDatabase, shardingKey, spreadStatements } from './spread-tables.ts';

const cluster = { name: 'all' };
const statements = loadMigrations().flatMap(({ statements }) => statements);
const spread = statements.flatMap((statement) => spreadStatements(statement, cluster, 'tomte'));

it.each([
  ['ENGINE = MergeTree\nORDER BY a', 'ENGINE = ReplicatedMergeTree\nORDER BY a'],
  ['ENGINE = ReplacingMergeTree(version)', 'ENGINE = ReplicatedReplacingMergeTree(version)'],
  ['ENGINE = ReplicatedMergeTree', 'ENGINE = ReplicatedMergeTree'],
  ["COMMENT 'ENGINE = MergeTree'", "COMMENT 'ENGINE = MergeTree'"],
])('a table with %s is made with %s, and lies under a spread one', (engine, replicated) => {
  const [local, over] = spreadStatements(`CREATE TABLE IF NOT EXISTS loss (a Int8)\n${engine}`, cluster, 'd');
  expect(local).toBe(`CREATE TABLE IF NOT EXISTS loss_local (a Int8)\n${replicated}`);
  expect(over).toBe(
    "CREATE TABLE IF NOT EXISTS loss AS loss_local ENGINE = Distributed('all', 'd', 'loss_local', cityHash64(spool_id))",
  );
});

it('leaves no table of a migration to one server', () => {
  const engines = spread.flatMap((text) =>
    [...text.matchAll(/^ENGINE = (\w+)/gm)].map(([, engine]) => engine),
  );
  expect(engines.length).toBeGreaterThan(10);
  for (const engine of engines) expect(engine).toMatch(/^Replicated\w*MergeTree$/);
});

it('makes a spread table anew whenever its local one has changed', () => {
  for (const text of statements.filter((statement) => statement.startsWith('ALTER TABLE'))) {
    const [alter, over] = spreadStatements(text, cluster, 'tomte');
    const [, table = ''] = /^ALTER TABLE (\w+)/.exec(text) ?? [];
    expect(alter).toMatch(new RegExp(`^ALTER TABLE ${table}_local\\b`));
    expect(over).toMatch(new RegExp(`^CREATE OR REPLACE TABLE ${table} AS ${table}_local `));
  }
});

it('refuses what it cannot spread', () => {
  expect(() => spreadStatements('DROP TABLE loss', cluster, 'tomte')).toThrow('DROP TABLE loss');
});

it('spreads by columns that each table has', () => {
  for (const [table, { columns }] of Object.entries(storedRecords)) {
    const [, column = ''] = /^cityHash64\((\w+)\)$/.exec(shardingKey(table)) ?? [];
    expect(Object.keys(columns)).toContain(column);
  }
  for (const table of ['service_1m_data', 'edge_1m_data', 'rollup_minutes'])
    expect(shardingKey(table)).toBe('cityHash64(minute)');
});

it('makes the database on every server where one tells the others', () => {
  expect(createDatabase('tomte', cluster)).toBe(
    "CREATE DATABASE IF NOT EXISTS tomte ON CLUSTER all ENGINE = Replicated('/clickhouse/databases/tomte', '{shard}', '{replica}')",
  );
  for (const alone of [undefined, { name: 'all', isReplicated: false }])
    expect(createDatabase('tomte', alone)).toBe('CREATE DATABASE IF NOT EXISTS tomte');
});
