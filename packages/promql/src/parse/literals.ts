const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

const DURATION = /^(?:\d+(?:ms|[smhdwy]))+$/;

export function isDuration(text: string): boolean {
  return DURATION.test(text);
}

/** Milliseconds of `1h30m`. */
export function durationMs(text: string): number {
  let total = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|[smhdwy])/g)) {
    total += Number(count) * (unitMs[unit ?? ''] ?? 0);
  }
  return total;
}

/** A number as PromQL writes it: `1e3`, `0x1F`, `1_000`, `Inf`, `NaN`, or a duration in seconds; with a sign. */
export function parseNumber(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1;
  const bare = text.replace(/^[+-]\s*/, '').toLowerCase();
  if (bare === 'inf') return sign * Infinity;
  if (bare === 'nan') return NaN;
  if (isDuration(bare)) return (sign * durationMs(bare)) / 1_000;
  // As Go reads integers: a leading 0 means octal.
  if (/^0[0-7]+$/.test(bare)) return sign * Number.parseInt(bare, 8);
  return sign * Number(bare.replaceAll('_', ''));
}

const simpleEscapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

const ESCAPE = /\\(?:x([\da-fA-F]{2})|([0-3][0-7]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|(.))/gsu;

/** The text of a string literal with its quotes; undefined when it is not closed or has an escape that Go does not know. */
export function unquote(literal: string): string | undefined {
  const quote = literal[0] ?? '';
  const isClosed = literal.length >= 2 && literal.endsWith(quote);
  if (!isClosed) return undefined;
  const inner = literal.slice(1, -1);
  if (quote === '`') return inner;
  if (inner.includes('\n') || /(?:^|[^\\])(?:\\\\)*\\$/.test(inner)) return undefined;
  let isKnown = true;
  const bytes: string[] = [];
  let last = 0;
  for (const match of inner.matchAll(ESCAPE)) {
    bytes.push(inner.slice(last, match.index));
    last = match.index + match[0].length;
    const [, hex, octal, short, long, simple] = match;
    const character = decodeEscape({ hex, octal, short, long, simple }, quote);
    if (character === undefined) isKnown = false;
    else bytes.push(character);
  }
  return isKnown ? [...bytes, inner.slice(last)].join('') : undefined;
}

interface Escape {
  readonly hex: string | undefined;
  readonly octal: string | undefined;
  readonly short: string | undefined;
  readonly long: string | undefined;
  readonly simple: string | undefined;
}

function decodeEscape({ hex, octal, short, long, simple }: Escape, quote: string): string | undefined {
  if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
  if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
  const point = short ?? long;
  if (point !== undefined) {
    const code = Number.parseInt(point, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
  }
  if (simple === undefined || ((simple === '"' || simple === "'") && simple !== quote)) return undefined;
  return simpleEscapes[simple];
}

/** Milliseconds of a duration such as `1h30m`; undefined when the text is none. */
export function parseDurationMs(text: string): number | undefined {
  return isDuration(text) ? durationMs(text) : undefined;
}
