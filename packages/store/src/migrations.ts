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
}

export interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

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
  return { number: Number.parseInt(fileName, 10), name, statements: splitStatements(text), checksum };
}

/** The migrations of this version, in order. */
export function loadMigrations(folder = join(import.meta.dirname, '../migrations')): readonly Migration[] {
  return readdirSync(folder)
    .filter((name) => /^\d{4}_.*\.sql$/.test(name))
    .sort()
    .map((name) => parseMigration(name, readFileSync(join(folder, name), 'utf8')));
}

/** What is still to be applied. Throws when what was applied is not what this version knows. */
export function pendingMigrations(
  all: readonly Migration[],
  applied: readonly AppliedMigration[],
): readonly Migration[] {
  for (const done of applied) {
    const known = all.find((migration) => migration.number === done.number);
    if (known === undefined)
      throw new StoreError('STORE_MIGRATION_NEWER', `${done.name} is not known to this version`);
    if (known.checksum !== done.checksum)
      throw new StoreError('STORE_MIGRATION_CHANGED', `${known.name} has another text`);
  }
  return all.filter((migration) => !applied.some((done) => done.number === migration.number));
}
