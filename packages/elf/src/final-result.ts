import type { ControlFlowGraph } from './control-flow-graph.ts';
import { RAX } from './x86-register.ts';

/**
 * Addresses at which rax, before the instruction there runs, already holds what the function will return: on every
 * path from here to a return nothing writes rax any more. Calls write it, and so does an unknown tail call.
 * The greatest set that satisfies this; only live addresses are looked at.
 */
export function findFinalResult(graph: ControlFlowGraph, live: ReadonlySet<number>): ReadonlySet<number> {
  return shrinkToFixpoint(graph, live, (address, final) => {
    const node = graph.nodes.get(address);
    if (node === undefined || node.end === 'tail-call') return false;
    if (node.end === 'return') return true;
    if ((node.instruction.writes & RAX) !== 0) return false;
    return node.successors.every((next) => !live.has(next) || final.has(next));
  });
}

/**
 * The greatest subset of `start` all of whose members keep satisfying `holds`, which must be monotone: what fails in a
 * set fails in every smaller one. Each removal looks again at the neighbours alone, so the work is linear in the edges.
 */
export function shrinkToFixpoint(
  graph: ControlFlowGraph,
  start: Iterable<number>,
  holds: (address: number, kept: ReadonlySet<number>) => boolean,
): ReadonlySet<number> {
  const kept = new Set(start);
  const pending = [...kept];
  for (let address = pending.pop(); address !== undefined; address = pending.pop()) {
    if (!kept.has(address) || holds(address, kept)) continue;
    kept.delete(address);
    pending.push(...neighboursOf(graph, address));
  }
  return kept;
}

/** Two steps away as well: a rule may look at the other successors of a predecessor. */
function neighboursOf(graph: ControlFlowGraph, address: number): number[] {
  const node = graph.nodes.get(address);
  if (node === undefined) return [];
  const siblings = node.predecessors.flatMap((before) => graph.nodes.get(before)?.successors ?? []);
  return [...node.predecessors, ...node.successors, ...siblings];
}
