import { findLiveAddresses } from './control-flow-graph.ts';
import type { ControlFlowGraph } from './control-flow-graph.ts';
import { readVirtual } from './elf-file.ts';
import type { ElfFile } from './elf-file.ts';
import type { ElfSymbol } from './elf-symbol.ts';
import { holdersAfter } from './entry-site.ts';
import { findFinalResult } from './final-result.ts';
import { GraphBuilder } from './graph-builder.ts';
import { argumentRegisters, RAX } from './x86-register.ts';
import type { RegisterSet } from './x86-register.ts';

const MAX_ACCESSOR_BYTES = 1024;
const FIRST_ARGUMENT = argumentRegisters(1);

/**
 * The field that an accessor such as `SSL_get_rbio(ssl)` returns, read off its x86-64 code: the displacement of the
 * 64-bit load from the first argument into rax after which rax is final. Newer libraries check the object's type first,
 * which changes nothing here. Undefined when there is no such load, or two with different displacements.
 */
export function findBioOffset(elf: ElfFile, symbol: ElfSymbol): number | undefined {
  if (elf.machine !== 'x86-64' || symbol.sizeBytes > MAX_ACCESSOR_BYTES) return undefined;
  const bytes = readVirtual(elf, symbol.virtualAddress, symbol.sizeBytes);
  if (bytes === undefined) return undefined;
  const builder = new GraphBuilder({ bytes, virtualAddress: symbol.virtualAddress });
  const graph = builder.build();
  builder.close();
  const offsets = new Set(findReturnedLoads(graph));
  const [offset] = offsets;
  return offsets.size === 1 ? offset : undefined;
}

function* findReturnedLoads(graph: ControlFlowGraph): Generator<number> {
  const live = findLiveAddresses(graph);
  const final = findFinalResult(graph, live);
  const holders = findHolders(graph);
  for (const [address, { instruction, successors }] of graph.nodes) {
    const { load, destination } = instruction.shape;
    const isReturned = destination === RAX && successors.every((next) => final.has(next));
    if (load === undefined || !isReturned || load.displacementBytes <= 0) continue;
    if (((holders.get(address) ?? 0) & load.base) !== 0) yield load.displacementBytes;
  }
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
