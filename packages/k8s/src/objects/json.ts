/** The API server's JSON, read field by field: what is missing or of another type is empty. */
export type Json = Readonly<Record<string, unknown>>;

const empty: Json = {};

export function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Json)[name] : undefined; // Proof: an object.
}

export function objectAt(value: unknown, name: string): Json {
  const found = field(value, name);
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as Json) : empty; // Proof: so.
}

export function textAt(value: unknown, name: string): string {
  const found = field(value, name);
  return typeof found === 'string' ? found : '';
}

export function numberAt(value: unknown, name: string): number {
  const found = field(value, name);
  return typeof found === 'number' ? found : 0;
}

export function listAt(value: unknown, name: string): readonly unknown[] {
  const found = field(value, name);
  return Array.isArray(found) ? found : [];
}

export function textsAt(value: unknown, name: string): readonly string[] {
  return listAt(value, name).filter((item): item is string => typeof item === 'string');
}

/** Nanoseconds since the Unix epoch of an RFC 3339 time; 0n where there is none. */
export function timeAt(value: unknown, name: string): bigint {
  const ms = Date.parse(textAt(value, name));
  return Number.isNaN(ms) ? 0n : BigInt(ms) * 1_000_000n;
}
