/**
 * A line that goes into an existing file: an import in its sorted place, an entry at the end of a list, or a line
 * after the last one of its kind.
 */
export type Insertion =
  | { readonly kind: 'import'; readonly path: string; readonly line: string }
  | { readonly kind: 'entry'; readonly path: string; readonly opener: RegExp; readonly line: string }
  | { readonly kind: 'after'; readonly path: string; readonly last: RegExp; readonly line: string };

/** What adding a thing comes to. Paths are relative to the checkout. */
export interface Plan {
  readonly files: Readonly<Record<string, string>>;
  readonly insertions: readonly Insertion[];
  /** What the author does next, a command or a sentence each. */
  readonly next: readonly string[];
}

/** A name in the spellings that the house uses. */
export interface Names {
  /** `slow-queries`: files, addresses. */
  readonly kebab: string;
  /** `slowQueries`: values. */
  readonly camel: string;
  /** `SlowQueries`: classes. */
  readonly pascal: string;
  /** `slow_queries`: tables, C. */
  readonly snake: string;
  /** `SLOW_QUERIES`: C constants. */
  readonly upper: string;
  /** `Slow queries`: titles. */
  readonly title: string;
}

/** Reads a kebab-case name; undefined when it is none. */
export function parseName(text: string): Names | undefined {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(text)) return undefined;
  const camel = text.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return {
    kebab: text,
    camel,
    pascal: capitalize(camel),
    snake: text.replaceAll('-', '_'),
    upper: text.replaceAll('-', '_').toUpperCase(),
    title: capitalize(text.replaceAll('-', ' ')),
  };
}

function capitalize(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
