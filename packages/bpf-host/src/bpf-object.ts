import { basename } from 'node:path';
import { bpfError } from './errors.ts';
import { errnoName } from './errno.ts';
import { BpfMap } from './bpf-map.ts';
import { isNull, lastErrno, libbpf, memoryAt, nullPointer, writePointer } from './libbpf.ts';
import { possibleCpus } from './machine.ts';
import { readonlyVariables, writeVariable } from './rodata.ts';

/** struct bpf_object_open_opts, libbpf 1.1 (src/libbpf.h). */
const OPEN_OPTIONS = { bytes: 80, kernelLog: 56, kernelLogBytes: 64 } as const;
const VERIFIER_LOG_BYTES = 1 << 20;
const VERIFIER_LOG_TAIL = 2000;

export interface BpfProgram {
  readonly name: string;
  /** Such as `tp/syscalls/sys_exit_read`. */
  readonly section: string;
  readonly handle: Buffer;
}

/** Holds one attachment; closing it detaches. The kernel does so too when the process dies. */
export interface BpfLink {
  close(): void;
}

/**
 * One compiled object: open, set constants and sizes, share maps, load, attach, close. Everything hangs
 * on file descriptors of this process and nothing is pinned, so nothing survives it.
 */
export class BpfObject {
  readonly name: string;
  readonly programs: readonly BpfProgram[];
  readonly #handle: Buffer;
  /** Until it is loaded. */
  #verifierLog: Buffer;
  readonly #mapHandles = new Map<string, Buffer>();
  readonly #links: BpfLink[] = [];
  #isClosed = false;

  private constructor(name: string, handle: Buffer, verifierLog: Buffer) {
    this.name = name;
    this.#handle = handle;
    this.#verifierLog = verifierLog;
    this.programs = listPrograms(handle);
    for (let map = libbpf().bpf_object__next_map(handle, nullPointer); !isNull(map);) {
      this.#mapHandles.set(libbpf().bpf_map__name(map), map);
      map = libbpf().bpf_object__next_map(handle, map);
    }
  }

  static open(path: string): BpfObject {
    const log = Buffer.alloc(VERIFIER_LOG_BYTES);
    const options = Buffer.alloc(OPEN_OPTIONS.bytes);
    options.writeBigUInt64LE(BigInt(OPEN_OPTIONS.bytes), 0);
    writePointer(options, OPEN_OPTIONS.kernelLog, log);
    options.writeBigUInt64LE(BigInt(log.length), OPEN_OPTIONS.kernelLogBytes);
    const handle = libbpf().bpf_object__open_file(path, options);
    if (isNull(handle)) throw bpfError('BPF_OPEN_FAILED', `${path}: ${errnoName(lastErrno())}`);
    return new BpfObject(basename(path, '.bpf.o'), handle, log);
  }

  get mapNames(): string[] {
    return [...this.#mapHandles.keys()];
  }

  /** Sets the `const volatile` variables that this object has; names it lacks are passed over. */
  setConstants(values: Readonly<Record<string, number | bigint>>): void {
    const variables = readonlyVariables(this.#handle);
    const size = Buffer.alloc(8);
    for (const [name, map] of this.#mapHandles) {
      if (!name.endsWith('.rodata')) continue;
      const pointer = libbpf().bpf_map__initial_value(map, size);
      const memory = memoryAt(pointer, Number(size.readBigUInt64LE()));
      for (const [key, value] of Object.entries(values)) {
        const variable = variables.get(key);
        if (variable !== undefined) writeVariable(memory, variable, value);
      }
    }
  }

  setMaxEntries(mapName: string, count: number): void {
    const map = this.#mapHandles.get(mapName);
    if (map === undefined) return;
    const result = libbpf().bpf_map__set_max_entries(map, count);
    if (result !== 0) throw bpfError('BPF_MAP_FAILED', `size of ${mapName}: ${errnoName(result)}`);
  }

  /** Before load: use the loaded maps of the same names in `other` instead of making own, empty ones. */
  shareMaps(other: BpfObject): void {
    for (const [name, map] of this.#mapHandles) {
      const theirs = other.#mapHandles.get(name);
      if (theirs === undefined || name.includes('.')) continue; // .rodata and .bss are each object's own.
      const result = libbpf().bpf_map__reuse_fd(map, libbpf().bpf_map__fd(theirs));
      if (result !== 0) throw bpfError('BPF_MAP_FAILED', `sharing ${name}: ${errnoName(result)}`);
    }
  }

  /** Before load: leave a program out, because the kernel lacks its hook. */
  skip(programName: string): void {
    libbpf().bpf_program__set_autoload(this.program(programName).handle, false);
  }

  /** Before load: enum bpf_attach_type of a program. */
  setAttachType(programName: string, type: number): void {
    libbpf().bpf_program__set_expected_attach_type(this.program(programName).handle, type);
  }

  load(): void {
    const result = libbpf().bpf_object__load(this.#handle);
    if (result === 0) {
      this.#verifierLog = Buffer.alloc(0); // libbpf reads it while loading alone.
      return;
    }
    const text = this.#verifierLog.toString('utf8', 0, this.#verifierLog.indexOf(0)).trim();
    const facts = `${this.name}: ${errnoName(result)}${text === '' ? '' : `; ${text.slice(-VERIFIER_LOG_TAIL)}`}`;
    throw bpfError('BPF_LOAD_FAILED', facts);
  }

  program(name: string): BpfProgram {
    const found = this.programs.find((program) => program.name === name);
    if (found === undefined) throw bpfError('BPF_NO_SUCH_PART', `${this.name} has no program ${name}`);
    return found;
  }

  programFd(name: string): number {
    return libbpf().bpf_program__fd(this.program(name).handle);
  }

  map(name: string): BpfMap {
    const map = this.#mapHandles.get(name);
    if (map === undefined) throw bpfError('BPF_NO_SUCH_PART', `${this.name} has no map ${name}`);
    const shape = {
      name,
      fd: libbpf().bpf_map__fd(map),
      type: libbpf().bpf_map__type(map),
      keyBytes: libbpf().bpf_map__key_size(map),
      valueBytes: libbpf().bpf_map__value_size(map),
      maxEntries: libbpf().bpf_map__max_entries(map),
    };
    return new BpfMap(shape, possibleCpus());
  }

  /** Attaches as the program's section says. The object keeps the link. */
  attach(programName: string): void {
    const link = libbpf().bpf_program__attach(this.program(programName).handle);
    if (isNull(link)) throw bpfError('BPF_ATTACH_FAILED', `${programName}: ${errnoName(lastErrno())}`);
    this.#links.push({ close: () => void libbpf().bpf_link__destroy(link) });
  }

  /** Detaches everything; maps and counters stay readable. */
  detach(): void {
    for (const link of this.#links.splice(0)) link.close();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.detach();
    libbpf().bpf_object__close(this.#handle);
  }
}

function listPrograms(object: Buffer): BpfProgram[] {
  const programs: BpfProgram[] = [];
  let handle = libbpf().bpf_object__next_program(object, nullPointer);
  while (!isNull(handle)) {
    const name = libbpf().bpf_program__name(handle);
    programs.push({ name, section: libbpf().bpf_program__section_name(handle), handle });
    handle = libbpf().bpf_object__next_program(object, handle);
  }
  return programs;
}
