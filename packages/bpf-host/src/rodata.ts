import { bpfError } from './errors.ts';
import { isNull, libbpf, memoryAt } from './libbpf.ts';

/** BTF_KIND_DATASEC, include/uapi/linux/btf.h */
const KIND_DATASEC = 15;
const TYPE_HEADER_BYTES = 12;
const SECTION_ENTRY_BYTES = 12;

export interface Variable {
  readonly offset: number;
  readonly sizeBytes: number;
}

/** Where each `const volatile` variable of an opened object lies, by the object's own BTF. */
export function readonlyVariables(object: Buffer): Map<string, Variable> {
  const btf = libbpf().bpf_object__btf(object);
  const variables = new Map<string, Variable>();
  const id = isNull(btf) ? -1 : libbpf().btf__find_by_name_kind(btf, '.rodata', KIND_DATASEC);
  if (id < 0) return variables;
  const type = libbpf().btf__type_by_id(btf, id);
  const count = memoryAt(type, TYPE_HEADER_BYTES).readUInt32LE(4) & 0xffff; // vlen
  const section = memoryAt(type, TYPE_HEADER_BYTES + count * SECTION_ENTRY_BYTES);
  for (let index = 0; index < count; index += 1) {
    const at = TYPE_HEADER_BYTES + index * SECTION_ENTRY_BYTES;
    const variable = memoryAt(libbpf().btf__type_by_id(btf, section.readUInt32LE(at)), TYPE_HEADER_BYTES);
    variables.set(libbpf().btf__name_by_offset(btf, variable.readUInt32LE(0)), {
      offset: section.readUInt32LE(at + 4),
      sizeBytes: section.readUInt32LE(at + 8),
    });
  }
  return variables;
}

/** Little-endian, in the variable's own size. */
export function writeVariable(memory: Buffer, variable: Variable, value: number | bigint): void {
  const { offset, sizeBytes } = variable;
  if (sizeBytes === 8) memory.writeBigUInt64LE(BigInt(value), offset);
  else if (sizeBytes === 4) memory.writeUInt32LE(Number(value), offset);
  else if (sizeBytes === 2) memory.writeUInt16LE(Number(value), offset);
  else if (sizeBytes === 1) memory.writeUInt8(Number(value), offset);
  else throw bpfError('BPF_NO_SUCH_PART', `a variable of ${String(sizeBytes)} bytes cannot be set`);
}
