import { readFileSync } from 'node:fs';

const page = readFileSync(new URL('../../../docs/reference/errors.md', import.meta.url), 'utf8');

/** Every code that the reference explains. */
export const documentedCodes: ReadonlySet<string> = new Set(
  [...page.matchAll(/^\| `([A-Z0-9_]+)` \|/gm)].map((match) => match[1] ?? ''),
);

/** A line that begins with a code. */
export const errorCode = /^([A-Z][A-Z0-9]*_[A-Z0-9_]+): /m;

/** The code that a verb's last word begins with. */
export function codeOf(stderr: string): string {
  return errorCode.exec(stderr)?.[1] ?? '';
}
