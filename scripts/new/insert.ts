import type { Insertion } from './plan.ts';

/** The text with the line in its place; undefined when the place is not found. */
export function insert(text: string, insertion: Insertion): string | undefined {
  switch (insertion.kind) {
    case 'import':
      return insertImport(text, insertion.line);
    case 'entry':
      return insertEntry(text, insertion.opener, insertion.line);
    case 'after':
      return insertAfter(text, insertion.last, insertion.line);
  }
}

/** Before the first import of a relative module that sorts after it, else after the last import. */
function insertImport(text: string, line: string): string | undefined {
  const lines = text.split('\n');
  const imports = lines.flatMap((other, index) => (/^import .* from '/.test(other) ? [index] : []));
  const isLater = (index: number): boolean => isNear(lines[index]) && moduleOf(lines[index]) > moduleOf(line);
  const before = imports.find(isLater) ?? (imports.at(-1) ?? -1) + 1;
  return lines.toSpliced(before, 0, line).join('\n');
}

function isNear(line: string | undefined): boolean {
  return moduleOf(line).startsWith('./');
}

function moduleOf(line: string | undefined): string {
  return /from '([^']+)'/.exec(line ?? '')?.[1] ?? '';
}

/** At the end of the list that begins on the line matching `opener` and ends with a bracket on a line's start. */
function insertEntry(text: string, opener: RegExp, line: string): string | undefined {
  const lines = text.split('\n');
  const start = lines.findIndex((other) => opener.test(other));
  const end = lines.findIndex((other, index) => index > start && /^[\]}]/.test(other));
  return start === -1 || end === -1 ? undefined : lines.toSpliced(end, 0, line).join('\n');
}

function insertAfter(text: string, last: RegExp, line: string): string | undefined {
  const lines = text.split('\n');
  const index = lines.findLastIndex((other) => last.test(other));
  return index === -1 ? undefined : lines.toSpliced(index + 1, 0, line).join('\n');
}
