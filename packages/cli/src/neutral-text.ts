/**
 * Control characters (C0, DEL, C1), marks that turn the direction of text, and invisible ones: what came
 * off the wire must not move the cursor, change colours, set titles or hide itself.
 */
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udfff](?<![\ud800-\udbff][\udc00-\udfff])(?![\udc00-\udfff])/g;

/** The same text with unsafe characters spelt out: a line feed as `\n`, an escape as `\x1b`. */
export function neutralText(text: string): string {
  return text.replace(UNSAFE, spell);
}

const spelt: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function spell(character: string): string {
  const known = spelt[character];
  if (known !== undefined) return known;
  const code = character.charCodeAt(0).toString(16);
  return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`;
}

/** East Asian wide and emoji ranges take two columns, combining marks none. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const COMBINING = /\p{Mn}/u;

/** Columns that the text takes on a terminal. */
export function widthOf(text: string): number {
  if (/^[\u0020-\u007e]*$/.test(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += COMBINING.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return columns;
}

/** At most `limit` columns; a cut ends in `…`. */
export function cutTo(text: string, limit: number): string {
  if (widthOf(text) <= limit) return text;
  let shown = '';
  let columns = 1;
  for (const character of text) {
    columns += widthOf(character);
    if (columns > limit) break;
    shown += character;
  }
  return `${shown}…`;
}
