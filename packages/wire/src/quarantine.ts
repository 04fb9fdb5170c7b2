import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface QuarantineLimits {
  readonly maxBytes: number;
  readonly maxFiles: number;
}

const defaultLimits: QuarantineLimits = { maxBytes: 16 * 1024 * 1024, maxFiles: 64 };

/** Bytes that could not be read or were refused, kept for a person to look at; the oldest go first. */
export class Quarantine {
  readonly #path: string;
  readonly #limits: QuarantineLimits;
  #files: { readonly name: string; readonly bytes: number }[] = [];
  #counter = 0;

  private constructor(path: string, limits: QuarantineLimits) {
    this.#path = path;
    this.#limits = limits;
  }

  static async open(path: string, limits = defaultLimits): Promise<Quarantine> {
    await mkdir(path, { recursive: true, mode: 0o700 });
    const quarantine = new Quarantine(path, limits);
    for (const name of (await readdir(path)).sort()) {
      const { size } = await stat(join(path, name));
      quarantine.#files.push({ name, bytes: size });
      quarantine.#counter = Math.max(quarantine.#counter, Number.parseInt(name, 10) || 0);
    }
    return quarantine;
  }

  get fileCount(): number {
    return this.#files.length;
  }

  /** Best effort: a full disk must not stop what called it. True when it was written. */
  async put(label: string, bytes: Uint8Array): Promise<boolean> {
    if (bytes.length > this.#limits.maxBytes) return false;
    await this.#makeRoom(bytes.length);
    this.#counter += 1;
    const name = `${String(this.#counter).padStart(10, '0')}-${label.replaceAll(/[^\w.-]/g, '_').slice(0, 80)}`;
    try {
      await writeFile(join(this.#path, name), bytes, { mode: 0o600 });
    } catch {
      return false;
    }
    this.#files.push({ name, bytes: bytes.length });
    return true;
  }

  async #makeRoom(bytes: number): Promise<void> {
    const total = () => this.#files.reduce((sum, file) => sum + file.bytes, 0);
    while (this.#files.length >= this.#limits.maxFiles || total() + bytes > this.#limits.maxBytes) {
      const oldest = this.#files.shift();
      if (oldest === undefined) return;
      await rm(join(this.#path, oldest.name), { force: true });
    }
  }
}
