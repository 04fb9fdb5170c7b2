import type { X86Instruction } from './x86-instruction.ts';

/**
 * The instructions of one function and how control passes between them, by address. Tail-called code is part of it:
 * its `ret` returns to our caller. The graph holds every real path and may hold impossible ones, so whatever is proved
 * for all its paths is true of all real ones.
 */
export interface ControlFlowGraph {
  readonly entryAddress: number;
  readonly nodes: ReadonlyMap<number, GraphNode>;
  /** Why not every path is known; undefined when all are. */
  readonly incompleteReason: string | undefined;
  /** Jumps through a pointer that leave the function for a callee that cannot be known from the bytes. */
  readonly unknownTailCalls: readonly number[];
}

export interface GraphNode {
  readonly instruction: X86Instruction;
  readonly successors: number[];
  readonly predecessors: number[];
  readonly end: GraphEnd | undefined;
}

/** How control leaves the graph: back to the caller, into an unknown callee, or never. */
export type GraphEnd = 'return' | 'tail-call' | 'stop';

/** Addresses from which a return or a tail call can be reached; the others only lead to aborts or endless loops. */
export function findLiveAddresses(graph: ControlFlowGraph): ReadonlySet<number> {
  const live = new Set<number>();
  const pending: number[] = [];
  for (const [address, { end }] of graph.nodes)
    if (end === 'return' || end === 'tail-call') pending.push(address);
  for (let address = pending.pop(); address !== undefined; address = pending.pop()) {
    if (live.has(address)) continue;
    live.add(address);
    pending.push(...(graph.nodes.get(address)?.predecessors ?? []));
  }
  return live;
}

/** Whether an instruction can run more than once in one invocation. */
export function isInCycle(graph: ControlFlowGraph, address: number): boolean {
  const seen = new Set<number>();
  const pending = [...(graph.nodes.get(address)?.successors ?? [])];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next === address) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    pending.push(...(graph.nodes.get(next)?.successors ?? []));
  }
  return false;
}
