import type { StoredRow } from './stored-rows.ts';

/** What another program says of a request, by the name of the column that must say the same. */
export interface Expected {
  readonly nonce: string;
  readonly serverPort: number;
  /** An undefined one is not compared. */
  readonly fields: {
    readonly [Name in keyof Omit<StoredRow, 'nonce' | 'serverPort' | 'role'>]?: StoredRow[Name] | undefined;
  };
}

export interface Comparison {
  readonly compared: number;
  readonly missing: number;
  readonly duplicated: number;
  /** Rows that the other program does not know. */
  readonly unexpected: number;
  readonly differing: number;
  /** The first of each kind, for people. */
  readonly examples: readonly string[];
}

const MAX_EXAMPLES = 20;

/** Each expected request against the rows of one side, one by one, field by field. */
export function compare(expected: readonly Expected[], rows: readonly StoredRow[]): Comparison {
  const byKey = Map.groupBy(rows, keyOf);
  const examples: string[] = [];
  const note = (text: string): void => void (examples.length < MAX_EXAMPLES && examples.push(text));
  let missing = 0;
  let differing = 0;
  for (const one of expected) {
    const [row] = byKey.get(keyOf(one)) ?? [];
    if (row === undefined) {
      missing += 1;
      note(`missing: ${keyOf(one)} ${JSON.stringify(one.fields)}`);
      continue;
    }
    const differences = differencesOf(one, row);
    if (differences.length === 0) continue;
    differing += 1;
    note(`${keyOf(one)} ${row.method} ${row.target}: ${differences.join(', ')}`);
  }
  const known = new Set(expected.map(keyOf));
  const unexpected = rows.filter((row) => !known.has(keyOf(row)));
  for (const row of unexpected) note(`in the store alone: ${keyOf(row)} ${row.method} ${row.target}`);
  const duplicated = rows.length - byKey.size + (expected.length - known.size);
  for (const [key, { length }] of byKey) if (length > 1) note(`${length} rows: ${key}`);
  return {
    compared: expected.length,
    missing,
    duplicated,
    unexpected: unexpected.length,
    differing,
    examples,
  };
}

export function keyOf({ nonce, serverPort }: Pick<StoredRow, 'nonce' | 'serverPort'>): string {
  return `${nonce}@${serverPort}`;
}

function differencesOf({ fields }: Expected, row: StoredRow): string[] {
  return Object.entries(fields)
    .filter(([name, value]) => value !== undefined && row[name as keyof StoredRow] !== value) // Proof: names of its own type.
    .map(([name, value]) => `${name} is ${String(row[name as keyof StoredRow])}, not ${String(value)}`);
}

/** What `compare` gives when the other program and the store agree in everything. */
export function agreement(compared: number): Comparison {
  return { compared, missing: 0, duplicated: 0, unexpected: 0, differing: 0, examples: [] };
}
