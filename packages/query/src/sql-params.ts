/** The server-side parameters of one statement. Values never become part of the text. */
export class SqlParams {
  readonly #values: Record<string, string> = {};
  #count = 0;

  /** Keeps the value and returns its place in the text, such as `{p3:String}`. `type` is ours, never the asker's. */
  add(value: string | number | bigint, type: string): string {
    const name = `p${this.#count++}`;
    this.#values[name] = String(value);
    return `{${name}:${type}}`;
  }

  /** A time in nanoseconds since the epoch, as an expression that ClickHouse folds into a constant. */
  time(ns: bigint): string {
    return `fromUnixTimestamp64Nano(${this.add(ns, 'Int64')}, 'UTC')`;
  }

  get values(): Readonly<Record<string, string>> {
    return this.#values;
  }
}
