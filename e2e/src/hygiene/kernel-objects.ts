import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

const kinds = ['prog', 'map', 'link'] as const;
type Kind = (typeof kinds)[number];

/** BPF objects by kind and the kernel's id, such as `prog 17`. */
export type KernelObjectIds = ReadonlySet<string>;

/** What a process holds: the kernel tells the id of each descriptor (proc(5), fdinfo). */
export function heldBy(pid: number): KernelObjectIds {
  const folder = `/proc/${pid}/fdinfo`;
  const ids = readdirSync(folder).flatMap((name) => {
    const text = readFileSync(`${folder}/${name}`, 'utf8');
    return kinds.flatMap((kind) => {
      const id = new RegExp(`^${kind}_id:\\s*(\\d+)`, 'm').exec(text)?.[1];
      return id === undefined ? [] : [`${kind} ${id}`];
    });
  });
  return new Set(ids);
}

/** Of these, the ones that the kernel still has, by bpftool's word. */
export function stillThere(ids: KernelObjectIds): string[] {
  const present = new Set(kinds.flatMap((kind) => listed(kind).map((id) => `${kind} ${id}`)));
  return [...ids].filter((id) => present.has(id));
}

function listed(kind: Kind): number[] {
  const text = execFileSync('bpftool', ['-j', kind, 'show'], { encoding: 'utf8', maxBuffer: 16 << 20 });
  return (JSON.parse(text) as { readonly id: number }[]).map(({ id }) => id); // Proof: bpftool's own JSON.
}
