/** A minute or two of an ordinary cluster: an agent that comes back within it needs no snapshot. */
const MAX_DELTAS = 120;
const MAX_LOG_BYTES = 8 * 1024 * 1024;

/** The last deltas, by version, for agents that are behind. */
export class DeltaLog {
  readonly #messages: Uint8Array[] = [];
  #heldBytes = 0;
  #version = 0;
  deltas = 0;
  deltaBytes = 0;
  changes = 0;

  /** The newest delta's version; 0 before the first. */
  get version(): number {
    return this.#version;
  }

  add(message: Uint8Array, changes: number): void {
    this.#version += 1;
    this.deltas += 1;
    this.deltaBytes += message.length;
    this.changes += changes;
    this.#messages.push(message);
    this.#heldBytes += message.length;
    while (this.#messages.length > MAX_DELTAS || this.#heldBytes > MAX_LOG_BYTES)
      this.#heldBytes -= this.#messages.shift()?.length ?? 0;
  }

  /** Whether every delta after the version is still here. */
  reachesBackTo(version: number): boolean {
    return version <= this.#version && version >= this.#version - this.#messages.length;
  }

  /** The delta that leads to the version; undefined where it is no longer, or not yet, here. */
  deltaTo(version: number): Uint8Array | undefined {
    return this.#messages[this.#messages.length - 1 - (this.#version - version)];
  }
}
