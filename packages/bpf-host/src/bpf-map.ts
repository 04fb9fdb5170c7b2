import { bpfError } from './errors.ts';
import { ENOENT, errnoName } from './errno.ts';
import { libbpf, nullPointer } from './libbpf.ts';

/** enum bpf_map_type, include/uapi/linux/bpf.h: the kinds whose values exist once per processor. */
const perCpuTypes = [5, 6, 10, 21];

/** At least as many as one bucket of a hash map ever holds, or the kernel refuses the batch. */
const BATCH_ENTRIES = 512;

export interface BpfMapShape {
  readonly name: string;
  readonly fd: number;
  readonly type: number;
  readonly keyBytes: number;
  readonly valueBytes: number;
  readonly maxEntries: number;
}

/** A loaded map, reached by its descriptor. Each call here is one system call: never per event. */
export class BpfMap {
  readonly shape: BpfMapShape;
  /** Bytes of one look-up: per-CPU values come side by side, each rounded up to 8. */
  readonly lookupBytes: number;

  constructor(shape: BpfMapShape, possibleCpus: number) {
    this.shape = shape;
    const isPerCpu = perCpuTypes.includes(shape.type);
    this.lookupBytes = isPerCpu ? Math.ceil(shape.valueBytes / 8) * 8 * possibleCpus : shape.valueBytes;
  }

  get fd(): number {
    return this.shape.fd;
  }

  /** The value, or undefined where there is none. */
  lookup(key: Buffer): Buffer | undefined {
    const value = Buffer.alloc(this.lookupBytes);
    const result = libbpf().bpf_map_lookup_elem(this.fd, key, value);
    if (result === 0) return value;
    if (result === -ENOENT) return undefined;
    throw this.#failure('look-up', result);
  }

  /** @param flags 0 any, 1 only new, 2 only existing (BPF_ANY, BPF_NOEXIST, BPF_EXIST) */
  update(key: Buffer, value: Buffer, flags = 0): void {
    const result = libbpf().bpf_map_update_elem(this.fd, key, value, flags);
    if (result !== 0) throw this.#failure('update', result);
  }

  /** False where there was no such key. */
  delete(key: Buffer): boolean {
    const result = libbpf().bpf_map_delete_elem(this.fd, key);
    if (result !== 0 && result !== -ENOENT) throw this.#failure('delete', result);
    return result === 0;
  }

  /** All keys at about one moment; entries that come or go meanwhile may be missed, none comes twice in a row. */
  keys(): Buffer[] {
    const keys: Buffer[] = [];
    let previous = nullPointer;
    while (keys.length <= this.shape.maxEntries) {
      const next = Buffer.alloc(this.shape.keyBytes);
      if (libbpf().bpf_map_get_next_key(this.fd, previous, next) !== 0) break;
      keys.push(next);
      previous = next;
    }
    return keys;
  }

  /**
   * All entries of a hash map of plain values, some hundreds a system call (kernel 5.6). Entries that come
   * or go meanwhile may or may not be among them.
   */
  entries(keyBytes: number, valueBytes: number): { readonly key: Buffer; readonly value: Buffer }[] {
    const found: { key: Buffer; value: Buffer }[] = [];
    const count = Buffer.alloc(4);
    let cursor = nullPointer;
    for (let isDone = false; !isDone && found.length <= this.shape.maxEntries;) {
      const keys = Buffer.alloc(keyBytes * BATCH_ENTRIES);
      const values = Buffer.alloc(valueBytes * BATCH_ENTRIES);
      const next = Buffer.alloc(Math.max(4, keyBytes));
      count.writeUInt32LE(BATCH_ENTRIES);
      const result = libbpf().bpf_map_lookup_batch(this.fd, cursor, next, keys, values, count, nullPointer);
      if (result !== 0 && result !== -ENOENT) throw this.#failure('batch look-up', result);
      for (let index = 0; index < count.readUInt32LE(); index += 1)
        found.push({
          key: keys.subarray(index * keyBytes, (index + 1) * keyBytes),
          value: values.subarray(index * valueBytes, (index + 1) * valueBytes),
        });
      cursor = next;
      isDone = result === -ENOENT; // The last batch comes with this errno.
    }
    return found;
  }

  #failure(what: string, result: number): Error {
    return bpfError('BPF_MAP_FAILED', `${what} in map ${this.shape.name}: ${errnoName(result)}`);
  }
}

export function keyOfUint32(value: number): Buffer {
  const key = Buffer.alloc(4);
  key.writeUInt32LE(value);
  return key;
}

export function keyOfUint64(value: bigint): Buffer {
  const key = Buffer.alloc(8);
  key.writeBigUInt64LE(value);
  return key;
}
