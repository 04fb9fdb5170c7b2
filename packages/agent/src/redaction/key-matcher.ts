/** How a name must relate to a rule's word. Case, and `_`, `-`, `.` between words, do not matter. */
export interface KeyRules {
  /** The whole name: `pin`, `pwd`. */
  readonly exact: readonly string[];
  /** The end of the name: `token` finds accessToken and csrf-token, and not max_tokens. */
  readonly suffix: readonly string[];
  /** Any part of the name: `password`. */
  readonly contains: readonly string[];
}

const ALPHABET = 36;
/** Code of a byte: 0–35 for letters and digits, SKIP for separators inside of a name, STOP for everything else. */
const SKIP = 254;
const STOP = 255;

const codeOf = new Uint8Array(256).fill(STOP);
for (let digit = 0; digit < 10; digit += 1) codeOf[0x30 + digit] = digit;
for (let letter = 0; letter < 26; letter += 1) {
  codeOf[0x41 + letter] = 10 + letter;
  codeOf[0x61 + letter] = 10 + letter;
}
for (const separator of '_-.') codeOf[separator.charCodeAt(0)] = SKIP;

/** A power of two above ALPHABET, so that a state and a code add up to an index. */
const ROW = 64;
/** Set on a state that some rule ends in. */
const HAS_FLAGS = 0x4000_0000;
const STATE = 0x3fff_ffff;

const IS_EXACT = 1;
const IS_SUFFIX = 2;
const IS_CONTAINED = 4;

interface Node {
  readonly next: Map<number, number>;
  readonly depth: number;
  flags: number;
  fail: number;
}

/** Names longer than this are looked at from their end only as far as this. */
const MAX_KEY_BYTES = 128;

/**
 * Tells whether a name is one of those whose values are secret. The words are matched from the end of
 * the name backwards by one automaton (Aho and Corasick, 1975), since a scanner meets the `=` first: one
 * table look-up a byte, whatever the rules and the input.
 */
export class KeyMatcher {
  /** Row by row: a state's rows are ROW wide, a state is named by where its row begins. */
  readonly #next: Int32Array;
  /** By state, as named in `#next` without its mark, divided by ROW. */
  readonly #flags: Uint8Array;
  readonly #depths: Uint8Array;
  /** Where the last `matchesBefore` that found nothing met a byte that no name has; below its start when it met none. */
  stoppedAt = -1;
  /** No name that is shorter matches. */
  readonly shortestNameBytes: number;

  constructor(rules: KeyRules) {
    const nodes = buildTrie(rules);
    this.shortestNameBytes = Math.min(...nodes.filter(({ flags }) => flags !== 0).map(({ depth }) => depth));
    linkFailures(nodes);
    this.#flags = Uint8Array.from(nodes, (node) => node.flags);
    this.#depths = Uint8Array.from(nodes, (node) => node.depth);
    this.#next = new Int32Array(nodes.length * ROW);
    nodes.forEach((_, state) => {
      for (let code = 0; code < ALPHABET; code += 1) {
        const to = follow(nodes, state, code);
        this.#next[state * ROW + code] = to * ROW + (at(nodes, to).flags === 0 ? 0 : HAS_FLAGS);
      }
    });
  }

  /** Reads the name that ends before `end`, not further back than `start`. */
  matchesBefore(bytes: Uint8Array, start: number, end: number): boolean {
    const stopAt = Math.max(start, end - MAX_KEY_BYTES);
    const codes = codeOf;
    const next = this.#next;
    let state = 0;
    let skipped = 0;
    let at = end - 1;
    for (; at >= stopAt; at -= 1) {
      const code = codes[bytes[at] ?? 0] ?? STOP;
      if (code < ALPHABET) {
        state = next[(state & STATE) + code] ?? 0;
        if (state >= HAS_FLAGS && this.#matchesAnyName((state & STATE) / ROW, end - at - skipped))
          return true;
      } else if (code === SKIP) skipped += 1;
      else break;
    }
    this.stoppedAt = at;
    const consumed = end - 1 - at - skipped;
    return state >= HAS_FLAGS && this.#matchesWholeName((state & STATE) / ROW, consumed);
  }

  /** Whatever stands before what was read. */
  #matchesAnyName(state: number, consumed: number): boolean {
    const flags = this.#flags[state] ?? 0;
    return (flags & IS_CONTAINED) !== 0 || ((flags & IS_SUFFIX) !== 0 && this.#depths[state] === consumed);
  }

  #matchesWholeName(state: number, consumed: number): boolean {
    return ((this.#flags[state] ?? 0) & IS_EXACT) !== 0 && this.#depths[state] === consumed;
  }

  matches(name: string): boolean {
    const bytes = Buffer.from(name, 'latin1');
    return this.matchesBefore(bytes, 0, bytes.length);
  }
}

function toCodes(word: string): number[] {
  return [...Buffer.from(word, 'latin1')]
    .map((byte) => codeOf[byte] ?? STOP)
    .filter((code) => code < ALPHABET);
}

function buildTrie(rules: KeyRules): Node[] {
  const nodes: Node[] = [{ next: new Map(), depth: 0, flags: 0, fail: 0 }];
  const add = (word: string, flag: number): void => {
    let state = 0;
    for (const code of toCodes(word).reverse()) state = child(nodes, state, code);
    if (state !== 0) at(nodes, state).flags |= flag;
  };
  for (const word of rules.exact) add(word, IS_EXACT);
  for (const word of rules.suffix) add(word, IS_SUFFIX);
  for (const word of rules.contains) add(word, IS_CONTAINED);
  return nodes;
}

function at(nodes: readonly Node[], state: number): Node {
  const node = nodes[state];
  if (node === undefined) throw new Error(`the automaton has no state ${state}`);
  return node;
}

function child(nodes: Node[], state: number, code: number): number {
  const known = at(nodes, state).next.get(code);
  if (known !== undefined) return known;
  nodes.push({ next: new Map(), depth: at(nodes, state).depth + 1, flags: 0, fail: 0 });
  at(nodes, state).next.set(code, nodes.length - 1);
  return nodes.length - 1;
}

function follow(nodes: readonly Node[], state: number, code: number): number {
  let from = state;
  for (;;) {
    const next = at(nodes, from).next.get(code);
    if (next !== undefined) return next;
    if (from === 0) return 0;
    from = at(nodes, from).fail;
  }
}

/** Breadth first, so that the shorter suffix of a state is complete before the state itself. */
function linkFailures(nodes: Node[]): void {
  const queue = [...at(nodes, 0).next.values()];
  for (let index = 0; index < queue.length; index += 1) {
    const state = queue[index] ?? 0;
    for (const [code, next] of at(nodes, state).next) {
      at(nodes, next).fail = follow(nodes, at(nodes, state).fail, code);
      at(nodes, next).flags |= at(nodes, at(nodes, next).fail).flags & IS_CONTAINED;
      queue.push(next);
    }
  }
}
