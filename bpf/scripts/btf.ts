/** The part of BTF that the decoder generator needs, from `bpftool -j btf dump`. */
export type FieldType = 'u8' | 'u16' | 'u32' | 's32' | 'u64' | 'exact' | 'time';

export interface BtfField {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly count: number;
  readonly type: FieldType;
}

export interface BtfStruct {
  readonly name: string;
  readonly size: number;
  readonly fields: readonly BtfField[];
}

export interface BtfEnum {
  readonly name: string;
  readonly values: readonly { readonly name: string; readonly value: number }[];
}

interface RawType {
  readonly id: number;
  readonly kind: string;
  readonly name: string;
  readonly size?: number;
  readonly type_id?: number;
  readonly nr_elems?: number;
  readonly encoding?: string;
  readonly members?: readonly { name: string; type_id: number; bits_offset: number }[];
  readonly values?: readonly { name: string; val: number }[];
}

function parse(json: string): RawType[] {
  // The tool's own output: its shape is fixed by bpftool (src/btf.c).
  return (JSON.parse(json) as { types: RawType[] }).types;
}

const namedTypes: Record<string, FieldType> = { time_ns_t: 'time', exact_t: 'exact' };

function scalarOf(types: Map<number, RawType>, id: number): { type: FieldType; size: number } | undefined {
  const found = types.get(id);
  if (found === undefined) return undefined;
  const named = namedTypes[found.name];
  if (found.kind === 'TYPEDEF' && named !== undefined) return { type: named, size: 8 };
  if (['TYPEDEF', 'CONST', 'VOLATILE'].includes(found.kind)) return scalarOf(types, found.type_id ?? 0);
  if (found.kind === 'ENUM') return { type: 'u32', size: 4 };
  if (found.kind !== 'INT') return undefined;
  const size = found.size ?? 0;
  if (size === 1) return { type: 'u8', size };
  if (size === 2) return { type: 'u16', size };
  if (size === 4) return { type: found.encoding === 'SIGNED' ? 's32' : 'u32', size };
  return { type: 'u64', size };
}

function resolve(types: Map<number, RawType>, id: number): RawType | undefined {
  const found = types.get(id);
  return found?.kind === 'TYPEDEF' && namedTypes[found.name] === undefined
    ? resolve(types, found.type_id ?? 0)
    : found;
}

/** Members in order; those of an embedded struct are laid flat. Empty when one is of another kind. */
function fieldsOf(types: Map<number, RawType>, struct: RawType, base: number): BtfField[] {
  return (struct.members ?? []).flatMap((member) => {
    const offset = base + member.bits_offset / 8;
    const inner = resolve(types, member.type_id);
    if (inner?.kind === 'STRUCT') return fieldsOf(types, inner, offset);
    const element = inner?.kind === 'ARRAY' ? (inner.type_id ?? 0) : member.type_id;
    const scalar = scalarOf(types, element);
    if (scalar === undefined) return [];
    return [{ name: member.name, offset, count: inner?.nr_elems ?? 1, ...scalar }];
  });
}

export function structsOf(json: string): BtfStruct[] {
  const all = parse(json);
  const types = new Map(all.map((type) => [type.id, type]));
  return all
    .filter((type) => type.kind === 'STRUCT' && type.name !== '(anon)')
    .map((type) => ({ name: type.name, size: type.size ?? 0, fields: fieldsOf(types, type, 0) }));
}

export function enumsOf(json: string): BtfEnum[] {
  return parse(json)
    .filter((type) => type.kind === 'ENUM')
    .map(({ name, values }) => ({
      name,
      values: (values ?? []).map((value) => ({ name: value.name, value: value.val })),
    }));
}
