import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from './errors.ts';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly statements: readonly string[];
  /** SHA-256 of the file's text: a migration that was applied never changes. */
  readonly checksum: string;
  /** Builds that know the migration of this number go on working with the store behind it: its own, unless it only adds. */
  readonly worksWith: number;
}

export type AppliedMigration = Pick<Migration, 'number' | 'name' | 'checksum' | 'worksWith'>;

/** Statements end with a semicolon at the end of a line; a comment line begins with `--`. */
function splitStatements(text: string): readonly string[] {
  const bare = text.replace(/^--.*$/gm, '');
  return bare
    .split(/;[ \t]*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

function parseMigration(fileName: string, text: string): Migration {
  const name = fileName.replace(/\.sql$/, '');
  const checksum = createHash('sha256').update(text).digest('hex');
  const number = Number.parseInt(fileName, 10);
  const worksWith =
    Number.parseInt(/^-- Works with builds from: (\d{4})$/m.exec(text)?.[1] ?? '', 10) || number;
  return { number, name, statements: splitStatements(text), checksum, worksWith };
}

/** The migrations of this version, in order. */
export function loadMigrations(folder = join(import.meta.dirname, '../migrations')): readonly Migration[] {
  return readdirSync(folder)
    .filter((name) => /^\d{4}_.*\.sql$/.test(name))
    .sort()
    .map((name) => parseMigration(name, readFileSync(join(folder, name), 'utf8')));
}

/**
 * What is still to be applied. Throws when what was applied is not what this version knows, unless a newer version has
 * said that this one goes on working: so a release can be rolled back, and collectors of two versions run side by side.
 */
export function pendingMigrations(
  all: readonly Migration[],
  applied: readonly AppliedMigration[],
): readonly Migration[] {
  const newest = all.at(-1)?.number ?? 0;
  for (const done of applied) {
    const known = all.find((migration) => migration.number === done.number);
    if (known === undefined && done.worksWith <= newest) continue;
    if (known === undefined)
      throw new StoreError('STORE_MIGRATION_NEWER', `${done.name} is not known to this version`);
    if (known.checksum !== done.checksum)
      throw new StoreError('STORE_MIGRATION_CHANGED', `${known.name} has another text`);
  }
  return all.filter((migration) => !applied.some((done) => done.number === migration.number));
}
