import { grownLength } from './key-table.ts';

/** Texts that many entities share (namespaces, nodes, workloads), each kept once, by number, as long as it is used. */
export class SharedTexts {
  readonly #numbers = new Map<string, number>();
  readonly #texts: string[] = [''];
  readonly #free: number[] = [];
  #useCounts = new Uint32Array(64);

  get size(): number {
    return this.#numbers.size;
  }

  /** Its number, which `release` gives back. The empty text is 0. */
  take(text: string): number {
    if (text === '') return 0;
    const known = this.#numbers.get(text);
    const number = known ?? this.#add(text);
    this.#useCounts[number] = (this.#useCounts[number] ?? 0) + 1;
    return number;
  }

  release(number: number): void {
    if (number === 0) return;
    const uses = (this.#useCounts[number] ?? 1) - 1;
    this.#useCounts[number] = uses;
    if (uses > 0) return;
    this.#numbers.delete(this.textOf(number));
    this.#texts[number] = '';
    this.#free.push(number);
  }

  textOf(number: number): string {
    return this.#texts[number] ?? '';
  }

  #add(text: string): number {
    const number = this.#free.pop() ?? this.#texts.length;
    this.#texts[number] = text;
    this.#numbers.set(text, number);
    if (number >= this.#useCounts.length) {
      const grown = new Uint32Array(grownLength(number));
      grown.set(this.#useCounts);
      this.#useCounts = grown;
    }
    return number;
  }
}
