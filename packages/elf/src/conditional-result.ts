import type { ControlFlowGraph, GraphNode } from './control-flow-graph.ts';
import type { StackSlot } from './x86-instruction.ts';

/** A branch on the sign of eax behind which the result is either eax or a count in the frame. */
export interface ConditionalResult {
  readonly branchAddress: number;
  /** The instruction on the positive side: `mov slot,%eax`. */
  readonly loadAddress: number;
  readonly slot: StackSlot;
}

/**
 * Finds the end that compilers give to `SSL_read` and `SSL_write`, whose inner function returns a sign and leaves the
 * count in the frame: `test %eax,%eax; jle done; mov slot,%eax; done: …; ret`. At the `jle` the result is known: eax if
 * it is not positive, else the slot. Needs that eax is tested right before the branch, that nothing else leads to the
 * branch or to the load, and that rax is final behind both.
 */
export function findConditionalResults(
  graph: ControlFlowGraph,
  final: ReadonlySet<number>,
): readonly ConditionalResult[] {
  const results: ConditionalResult[] = [];
  for (const [branchAddress, node] of graph.nodes) {
    const { isEmulated } = node.instruction;
    const sides = isEmulated && isAfterTest(graph, node) ? splitBySign(node) : undefined;
    const load = sides === undefined ? undefined : graph.nodes.get(sides.positive);
    const slot = load?.instruction.shape.slotLoad;
    if (sides === undefined || load === undefined || slot === undefined) continue;
    const isOnlyWay = load.predecessors.length === 1;
    const isFinalBehind = final.has(sides.other) && load.successors.every((next) => final.has(next));
    if (isOnlyWay && isFinalBehind) results.push({ branchAddress, loadAddress: sides.positive, slot });
  }
  return results;
}

function isAfterTest(graph: ControlFlowGraph, { predecessors }: GraphNode): boolean {
  const [before] = predecessors;
  if (before === undefined || predecessors.length !== 1) return false;
  return graph.nodes.get(before)?.instruction.shape.testsEax === true;
}

function splitBySign({ instruction }: GraphNode): { positive: number; other: number } | undefined {
  const { address, lengthBytes, targetAddress } = instruction;
  if (targetAddress === undefined) return undefined;
  const ahead = address + lengthBytes;
  if (instruction.shape.condition === 'less-or-equal') return { positive: ahead, other: targetAddress };
  return instruction.shape.condition === 'greater' ? { positive: targetAddress, other: ahead } : undefined;
}
