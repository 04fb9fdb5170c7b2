import { findLiveAddresses } from './control-flow-graph.ts';
import type { ControlFlowGraph, GraphNode } from './control-flow-graph.ts';
import { readVirtual } from './elf-file.ts';
import type { ElfFile } from './elf-file.ts';
import type { ElfSymbol } from './elf-symbol.ts';
import { holdersAfter } from './entry-site.ts';
import { findFinalResult } from './final-result.ts';
import { GraphBuilder } from './graph-builder.ts';
import { argumentRegisters, RAX } from './x86-register.ts';
import type { RegisterLoad } from './x86-instruction.ts';
import type { RegisterSet } from './x86-register.ts';

const MAX_ACCESSOR_BYTES = 1024;
const FIRST_ARGUMENT = argumentRegisters(1);

/**
 * The field that an accessor such as `SSL_get_rbio(ssl)` returns, read off its x86-64 code: the displacement of the load
 * from the first argument into rax after which rax is final. Newer libraries check the object's type first, which
 * changes nothing here. Undefined when there is no such load, or two with different displacements.
 */
export function findBioOffset(elf: ElfFile, symbol: ElfSymbol, widthBytes: 4 | 8 = 8): number | undefined {
  const graph = graphOf(elf, symbol);
  if (graph === undefined) return undefined;
  const final = findFinalResult(graph, findLiveAddresses(graph));
  const offsets = listArgumentLoads(graph)
    .filter(({ node }) => node.instruction.shape.destination === RAX)
    .filter(({ node }) => node.successors.every((next) => final.has(next)))
    .filter(({ load }) => load.widthBytes === widthBytes && load.displacementBytes > 0);
  return onlyOffset(offsets);
}

/** The one pointer that a function such as `BIO_method_type(bio)` takes from its argument, whatever it does with it. */
export function findPointerRead(elf: ElfFile, symbol: ElfSymbol): number | undefined {
  const graph = graphOf(elf, symbol);
  if (graph === undefined) return undefined;
  const loads = listArgumentLoads(graph);
  return loads.every(({ load }) => load.widthBytes === 8) ? onlyOffset(loads) : undefined;
}

function graphOf(elf: ElfFile, symbol: ElfSymbol): ControlFlowGraph | undefined {
  if (elf.machine !== 'x86-64' || symbol.sizeBytes > MAX_ACCESSOR_BYTES) return undefined;
  const bytes = readVirtual(elf, symbol.virtualAddress, symbol.sizeBytes);
  if (bytes === undefined) return undefined;
  const builder = new GraphBuilder({ bytes, virtualAddress: symbol.virtualAddress });
  const graph = builder.build();
  builder.close();
  return graph;
}

interface ArgumentLoad {
  readonly node: GraphNode;
  readonly load: RegisterLoad;
}

function onlyOffset(loads: readonly ArgumentLoad[]): number | undefined {
  const offsets = new Set(loads.map(({ load }) => load.displacementBytes));
  const [offset] = offsets;
  return offsets.size === 1 ? offset : undefined;
}

/** Loads relative to the first argument. */
function listArgumentLoads(graph: ControlFlowGraph): ArgumentLoad[] {
  const holders = findHolders(graph);
  return [...graph.nodes].flatMap(([address, node]) => {
    const { load } = node.instruction.shape;
    return load !== undefined && ((holders.get(address) ?? 0) & load.base) !== 0 ? [{ node, load }] : [];
  });
}

/** For each address the registers that may hold the first argument before it runs: forward, joined by union. */
function findHolders(graph: ControlFlowGraph): ReadonlyMap<number, RegisterSet> {
  const holders = new Map<number, RegisterSet>([[graph.entryAddress, FIRST_ARGUMENT]]);
  const pending = [graph.entryAddress];
  for (let address = pending.pop(); address !== undefined; address = pending.pop()) {
    const node = graph.nodes.get(address);
    if (node === undefined) continue;
    const after = holdersAfter(holders.get(address) ?? 0, node.instruction);
    for (const next of node.successors) {
      const before = holders.get(next);
      if (before !== undefined && (before | after) === before) continue;
      holders.set(next, (before ?? 0) | after);
      pending.push(next);
    }
  }
  return holders;
}
