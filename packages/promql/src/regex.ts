import { RE2JS } from 're2js';
import { AppError } from '@tomte/kit';

/** Length of a regular expression, in characters. */
const MAX_REGEX_CHARS = 2_000;
const LITERALS = /^[\w/ :-]*(?:\|[\w/ :-]*)*$/;

/** A regular expression in RE2's syntax, of the whole text; linear in it, whatever the pattern. */
export interface Regex {
  matches(text: string): boolean;
  /** The text that `template` makes of the groups (`$1`, `${name}`), undefined where it does not match. */
  expand(text: string, template: string): string | undefined;
}

/** Throws the facts as AppError-free Error: the caller knows the place. */
export function compileRegex(pattern: string): Regex {
  if (pattern.length > MAX_REGEX_CHARS) {
    throw new AppError('PROMQL_LIMIT', `a regular expression is longer than ${MAX_REGEX_CHARS} characters`, {
      family: 'user',
      remedy: 'Split it into several matchers.',
    });
  }
  const compiled = RE2JS.compile(pattern, RE2JS.DOTALL);
  const words = LITERALS.test(pattern) ? new Set(pattern.split('|')) : undefined;
  return {
    matches: (text) => words?.has(text) ?? compiled.matches(text),
    expand(text, template) {
      const matcher = compiled.matcher(text);
      if (!matcher.matches()) return undefined;
      const names = compiled.namedGroups();
      return template.replaceAll(
        /\$(?:\$|(\w+)|\{(\w+)\})/g,
        (whole: string, bare: string | undefined, braced: string | undefined) => {
          const name = bare ?? braced;
          if (name === undefined) return whole === '$$' ? '$' : '';
          const index = /^\d+$/.test(name) ? Number(name) : names[name];
          if (index === undefined || index > matcher.groupCount()) return '';
          return matcher.group(index) ?? '';
        },
      );
    },
  };
}
