import { K8sError } from '../api/errors.ts';

/** etcd takes 1.5 MiB an object; in JSON with escapes it can be larger. */
const MAX_LINE_BYTES = 8 * 1024 * 1024;
const NEW_LINE = 0x0a;

/** Lines of JSON from a stream in pieces of any size: the body of a watch. */
export class JsonLines {
  #pieces: Buffer[] = [];
  #heldBytes = 0;

  /** Throws a K8sError for a line that is too long. */
  push(chunk: Buffer, onValue: (value: unknown) => void): void {
    let from = 0;
    for (let end = chunk.indexOf(NEW_LINE); end >= 0; end = chunk.indexOf(NEW_LINE, from)) {
      this.#hold(chunk.subarray(from, end));
      from = end + 1;
      const line = this.#take();
      if (line !== '') onValue(JSON.parse(line) as unknown);
    }
    // The rest is copied: a view would keep the whole chunk.
    if (from < chunk.length) this.#hold(Buffer.from(chunk.subarray(from)));
  }

  #hold(piece: Buffer): void {
    this.#heldBytes += piece.length;
    if (this.#heldBytes > MAX_LINE_BYTES)
      throw new K8sError(
        'K8S_ANSWER_TOO_LARGE',
        `an event of a watch is longer than ${MAX_LINE_BYTES} bytes`,
      );
    this.#pieces.push(piece);
  }

  #take(): string {
    const text = Buffer.concat(this.#pieces, this.#heldBytes).toString('utf8');
    this.#pieces = [];
    this.#heldBytes = 0;
    return text;
  }
}
