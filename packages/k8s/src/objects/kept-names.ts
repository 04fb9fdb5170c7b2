import { objectAt } from './json.ts';

/** Longest value of a label or annotation that is kept; Kubernetes allows 63 characters to a label, 256 KiB to an annotation. */
const MAX_VALUE_CHARACTERS = 256;
/** Labels, and likewise annotations, that are kept of one object: the first in the order of their names. */
export const MAX_NAMES = 32;

type Texts = Readonly<Record<string, string>>;

export interface KeptNamesOptions {
  /** Allow-lists; a name that ends in `*` allows all that begin so. */
  readonly labels: readonly string[];
  readonly annotations: readonly string[];
  /** An object has more of them than are kept; told once. */
  readonly onCut?: () => void;
}

/** Which labels and annotations are kept of objects. */
export class KeptNames {
  readonly #options: KeptNamesOptions;
  #hasCut = false;

  constructor(options: KeptNamesOptions) {
    this.#options = options;
  }

  labelsOf(object: unknown): Texts {
    return this.#pick(objectAt(objectAt(object, 'metadata'), 'labels'), this.#options.labels);
  }

  annotationsOf(object: unknown): Texts {
    return this.#pick(objectAt(objectAt(object, 'metadata'), 'annotations'), this.#options.annotations);
  }

  #pick(all: Readonly<Record<string, unknown>>, allowed: readonly string[]): Texts {
    if (allowed.length === 0) return none;
    const entries = Object.entries(all).flatMap(([name, value]): [string, string][] =>
      typeof value === 'string' && allowed.some((pattern) => isAllowed(name, pattern))
        ? [[name, value.slice(0, MAX_VALUE_CHARACTERS)]]
        : [],
    );
    if (entries.length === 0) return none;
    if (entries.length <= MAX_NAMES) return Object.fromEntries(entries);
    if (!this.#hasCut) this.#options.onCut?.();
    this.#hasCut = true;
    return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).slice(0, MAX_NAMES));
  }
}

const none: Texts = {};

function isAllowed(name: string, pattern: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
