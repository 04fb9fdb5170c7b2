import { isInCycle } from './control-flow-graph.ts';
import type { ControlFlowGraph } from './control-flow-graph.ts';
import type { RegisterSet } from './x86-register.ts';

/** Where the arguments can be read once per call, and why this place. */
export interface SiteChoice {
  readonly address: number;
  readonly why: string;
}

/**
 * The first emulated instruction on the straight way from the entry at which no asked-for argument register was written.
 *
 * Why it runs exactly once per call: only straight-line code lies before it, so every path from the entry passes it (the
 * first branch and the first call of a function are emulated themselves and end the search); and it is in no cycle, so
 * no path comes back. For the same reason no path returns before it. Without such a place the first byte is taken,
 * where all arguments are intact by definition; undefined when even that is in a loop.
 */
export function chooseEntrySite(graph: ControlFlowGraph, needed: RegisterSet): SiteChoice | undefined {
  const address = graph.incompleteReason === undefined ? findEmulatedEntry(graph, needed) : undefined;
  if (address !== undefined)
    return { address, why: 'first emulated instruction with the arguments intact, once per call' };
  if (isInCycle(graph, graph.entryAddress)) return undefined;
  const why =
    graph.incompleteReason ?? 'an argument register is overwritten before the first emulated instruction';
  return { address: graph.entryAddress, why: `first byte: ${why}` };
}

function findEmulatedEntry(graph: ControlFlowGraph, needed: RegisterSet): number | undefined {
  let written: RegisterSet = 0;
  for (let node = graph.nodes.get(graph.entryAddress); node !== undefined && (written & needed) === 0;) {
    const { instruction, successors } = node;
    if (instruction.isEmulated && !isInCycle(graph, instruction.address)) return instruction.address;
    const [next] = successors;
    if (instruction.flow !== 'next' || next === undefined || next <= instruction.address) return undefined;
    written |= instruction.writes;
    node = graph.nodes.get(next);
  }
  return undefined;
}
