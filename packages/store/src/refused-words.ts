/**
 * Functions that a user's SQL may not name. `file()` reads any file of the machine in the embedded
 * server, and no grant covers it (measured: 26.7); `hasColumnInTable` connects to any host; others load code or
 * models from paths. A parameter of type Identifier would name a function out of sight, SETTINGS of a subquery are
 * not held to the profile, and distances of long texts or arrays outlive every limit, which is looked at between
 * blocks only.
 */
const refused: ReadonlySet<string> = new Set([
  'file',
  'hascolumnintable',
  'catboostevaluate',
  'executable',
  'outfile',
  'identifier',
  'settings',
  'arraylevenshteindistance',
  'arraylevenshteindistanceweighted',
  'arraysimilarity',
  'editdistance',
  'editdistanceutf8',
  'levenshteindistance',
  'levenshteindistanceutf8',
  'dameraulevenshteindistance',
  'jarosimilarity',
  'jarowinklersimilarity',
]);

/** What a plan tells is of the whole table, others' rows included: parts, granules, estimates. */
const refusedOfTenants: ReadonlySet<string> = new Set(['explain', 'viewexplain']);

/**
 * Follows ClickHouse's lexer (src/Parsers/Lexer.cpp). Comments and string literals are passed over, a quoted
 * identifier counts as the word inside of it, and signs that are not known here (heredocs, typographic quotes, zero
 * bytes, comments of two slashes) are refused as a whole: nothing behind them could be told apart.
 */
const token =
  /--[^\n]*|#[! ][^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^'\\]|\\[\s\S]|'')*'?|`((?:[^`\\]|\\[\s\S]|``)*)`?|"((?:[^"\\]|\\[\s\S]|"")*)"?|([A-Za-z_][A-Za-z0-9_]*)|(\/\/|[$\0\u2018\u2019\u201c\u201d])/g;

/** The first word or sign of the SQL that is refused, or undefined. Too strict at times, never lax. */
export function findRefusedWord(sql: string, asker: 'reader' | 'tenant'): string | undefined {
  const isRefused = (word: string): boolean =>
    refused.has(word) || (asker === 'tenant' && refusedOfTenants.has(word));
  for (const match of sql.matchAll(token)) {
    if (match[4] !== undefined) return match[4];
    const word = match[1] ?? match[2] ?? match[3];
    if (word === undefined) continue;
    // An escape inside a quoted name could spell a refused word; no name of ours has one.
    if (word.includes('\\') || isRefused(word.toLowerCase())) return word;
  }
  return undefined;
}
