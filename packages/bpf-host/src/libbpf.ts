import ffi from '@2060.io/ffi-napi';
import ref from '@2060.io/ref-napi';

/** libbpf 1.x: functions return a negative errno, or a null pointer with errno set. */
export interface Libbpf {
  libbpf_set_print(callback: Buffer): Buffer;
  bpf_object__open_file(path: string, options: Buffer): Buffer;
  bpf_object__load(object: Buffer): number;
  bpf_object__close(object: Buffer): void;
  bpf_object__btf(object: Buffer): Buffer;
  bpf_object__next_map(object: Buffer, map: Buffer): Buffer;
  bpf_object__next_program(object: Buffer, program: Buffer): Buffer;
  bpf_map__name(map: Buffer): string;
  bpf_map__fd(map: Buffer): number;
  bpf_map__set_max_entries(map: Buffer, count: number): number;
  bpf_map__reuse_fd(map: Buffer, fd: number): number;
  bpf_map__initial_value(map: Buffer, sizeOut: Buffer): Buffer;
  bpf_map__key_size(map: Buffer): number;
  bpf_map__value_size(map: Buffer): number;
  bpf_map__type(map: Buffer): number;
  bpf_map__max_entries(map: Buffer): number;
  bpf_program__name(program: Buffer): string;
  bpf_program__section_name(program: Buffer): string;
  bpf_program__fd(program: Buffer): number;
  bpf_program__set_autoload(program: Buffer, isLoaded: boolean): number;
  bpf_program__set_expected_attach_type(program: Buffer, type: number): number;
  bpf_program__attach(program: Buffer): Buffer;
  bpf_program__attach_uprobe_opts(
    program: Buffer,
    pid: number,
    path: string,
    offset: number,
    options: Buffer,
  ): Buffer;
  bpf_link__destroy(link: Buffer): number;
  bpf_link__fd(link: Buffer): number;
  bpf_map_lookup_elem(fd: number, key: Buffer, value: Buffer): number;
  bpf_map_update_elem(fd: number, key: Buffer, value: Buffer, flags: number): number;
  bpf_map_delete_elem(fd: number, key: Buffer): number;
  bpf_map_get_next_key(fd: number, key: Buffer, next: Buffer): number;
  bpf_map_lookup_batch(
    fd: number,
    inBatch: Buffer,
    outBatch: Buffer,
    keys: Buffer,
    values: Buffer,
    count: Buffer,
    options: Buffer,
  ): number;
  bpf_map_lookup_and_delete_batch: Libbpf['bpf_map_lookup_batch'];
  bpf_prog_test_run_opts(fd: number, options: Buffer): number;
  bpf_obj_get_info_by_fd(fd: number, info: Buffer, length: Buffer): number;
  libbpf_probe_bpf_prog_type(type: number, options: Buffer): number;
  libbpf_probe_bpf_map_type(type: number, options: Buffer): number;
  libbpf_probe_bpf_helper(programType: number, helper: number, options: Buffer): number;
  btf__find_by_name_kind(btf: Buffer, name: string, kind: number): number;
  btf__type_by_id(btf: Buffer, id: number): Buffer;
  btf__name_by_offset(btf: Buffer, offset: number): string;
}

export interface Libc {
  mmap(
    address: Buffer,
    length: number,
    protection: number,
    flags: number,
    fd: number,
    offset: number,
  ): Buffer;
  munmap(address: Buffer, length: number): number;
  madvise(address: Buffer, length: number, advice: number): number;
  syscall(number: number, command: number, attributes: Buffer, size: number): number | string;
  close(fd: number): number;
  clock_gettime(clock: number, out: Buffer): number;
}

const batch = ['int', ['int', 'pointer', 'pointer', 'pointer', 'pointer', 'pointer', 'pointer']] as const;

const libbpfSignatures = {
  libbpf_set_print: ['pointer', ['pointer']],
  bpf_object__open_file: ['pointer', ['string', 'pointer']],
  bpf_object__load: ['int', ['pointer']],
  bpf_object__close: ['void', ['pointer']],
  bpf_object__btf: ['pointer', ['pointer']],
  bpf_object__next_map: ['pointer', ['pointer', 'pointer']],
  bpf_object__next_program: ['pointer', ['pointer', 'pointer']],
  bpf_map__name: ['string', ['pointer']],
  bpf_map__fd: ['int', ['pointer']],
  bpf_map__set_max_entries: ['int', ['pointer', 'uint']],
  bpf_map__reuse_fd: ['int', ['pointer', 'int']],
  bpf_map__initial_value: ['pointer', ['pointer', 'pointer']],
  bpf_map__key_size: ['uint', ['pointer']],
  bpf_map__value_size: ['uint', ['pointer']],
  bpf_map__type: ['int', ['pointer']],
  bpf_map__max_entries: ['uint', ['pointer']],
  bpf_program__name: ['string', ['pointer']],
  bpf_program__section_name: ['string', ['pointer']],
  bpf_program__fd: ['int', ['pointer']],
  bpf_program__set_autoload: ['int', ['pointer', 'bool']],
  bpf_program__set_expected_attach_type: ['int', ['pointer', 'int']],
  bpf_program__attach: ['pointer', ['pointer']],
  bpf_program__attach_uprobe_opts: ['pointer', ['pointer', 'int', 'string', 'size_t', 'pointer']],
  bpf_link__destroy: ['int', ['pointer']],
  bpf_link__fd: ['int', ['pointer']],
  bpf_map_lookup_elem: ['int', ['int', 'pointer', 'pointer']],
  bpf_map_update_elem: ['int', ['int', 'pointer', 'pointer', 'uint64']],
  bpf_map_delete_elem: ['int', ['int', 'pointer']],
  bpf_map_get_next_key: ['int', ['int', 'pointer', 'pointer']],
  bpf_map_lookup_batch: batch,
  bpf_map_lookup_and_delete_batch: batch,
  bpf_prog_test_run_opts: ['int', ['int', 'pointer']],
  bpf_obj_get_info_by_fd: ['int', ['int', 'pointer', 'pointer']],
  libbpf_probe_bpf_prog_type: ['int', ['int', 'pointer']],
  libbpf_probe_bpf_map_type: ['int', ['int', 'pointer']],
  libbpf_probe_bpf_helper: ['int', ['int', 'int', 'pointer']],
  btf__find_by_name_kind: ['int', ['pointer', 'string', 'uint']],
  btf__type_by_id: ['pointer', ['pointer', 'uint']],
  btf__name_by_offset: ['string', ['pointer', 'uint']],
};

const libcSignatures = {
  mmap: ['pointer', ['pointer', 'size_t', 'int', 'int', 'int', 'int64']],
  munmap: ['int', ['pointer', 'size_t']],
  madvise: ['int', ['pointer', 'size_t', 'int']],
  syscall: ['long', ['long', 'int', 'pointer', 'uint']],
  close: ['int', ['int']],
  clock_gettime: ['int', ['int', 'pointer']],
};

let loadedLibbpf: Libbpf | undefined;
let loadedLibc: Libc | undefined;

/** Loaded at first use, so that machines without libbpf can still replay recordings. */
export function libbpf(): Libbpf {
  if (loadedLibbpf === undefined) {
    const library: unknown = ffi.Library('libbpf.so.1', libbpfSignatures as never);
    loadedLibbpf = library as Libbpf; // Proof: the signatures above; ffi-napi takes and gives Buffers as pointers.
    loadedLibbpf.libbpf_set_print(ref.NULL); // What it has to say comes back in our errors.
  }
  return loadedLibbpf;
}

export function libc(): Libc {
  const library: unknown = (loadedLibc ??= ffi.Library(null, libcSignatures as never));
  return library as Libc; // Proof: the signatures above.
}

/** Of the last call that gave a null pointer or -1. */
export function lastErrno(): number {
  return ffi.errno();
}

export const nullPointer: Buffer = ref.NULL;

export function isNull(pointer: Buffer): boolean {
  return ref.isNull(pointer);
}

/** `size` bytes of foreign memory as a Buffer, without a copy. */
export function memoryAt(pointer: Buffer, sizeBytes: number): Buffer {
  return ref.reinterpret(pointer, sizeBytes, 0);
}

/** An address of this process, to hand over as it is. */
export function pointerTo(address: bigint): Buffer {
  const words = Buffer.alloc(8);
  words.writeBigUInt64LE(address);
  return ref.readPointer(words, 0, 0);
}

export function writePointer(into: Buffer, offset: number, pointer: Buffer): void {
  ref.writePointer(into, offset, pointer);
}

export function addressOf(pointer: Buffer): bigint {
  return BigInt(`0x${ref.hexAddress(pointer)}`);
}
