import { isInCycle } from './control-flow-graph.ts';
import type { ControlFlowGraph, GraphNode } from './control-flow-graph.ts';
import { chooseExitSites } from './exit-sites.ts';
import { GraphBuilder } from './graph-builder.ts';
import type { CodeSource } from './graph-builder.ts';
import type { SiteChoice } from './site-choice.ts';

/** The inner functions of OpenSSL's wrappers have no symbol, hence no size. */
const INNER_WINDOW_BYTES = 4096;

/**
 * Exit sites in the function that a wrapper calls, for a wrapper whose own exits would be stepped. Only if the wrapper
 * has one direct call alone, on the straight way from its entry and in no loop, so that it runs once on every path; and
 * if the inner function has an emulated site on every path to its return. Undefined otherwise.
 */
export function chooseInnerExits(
  graph: ControlFlowGraph,
  source: CodeSource,
): readonly SiteChoice[] | undefined {
  const target = findOnlyCall(graph);
  const bytes = target === undefined ? undefined : source.readCode?.(target, INNER_WINDOW_BYTES);
  if (target === undefined || bytes === undefined) return undefined;
  const builder = new GraphBuilder({ ...source, bytes, virtualAddress: target });
  const inner = builder.build();
  builder.close();
  if (inner.incompleteReason !== undefined || inner.unknownTailCalls.length > 0) return undefined;
  const exits = chooseExitSites(inner, false);
  const isCheap =
    exits.length > 0 && exits.every(({ address }) => inner.nodes.get(address)?.instruction.isEmulated);
  return isCheap ? exits.map(({ address }) => ({ address, why: WHY_INNER })) : undefined;
}

const WHY_INNER = 'emulated, in the called function, where rax is its result; one such place on each path';

function findOnlyCall(graph: ControlFlowGraph): number | undefined {
  const calls = [...graph.nodes.values()].filter(({ instruction }) => instruction.flow === 'call');
  const [call] = calls;
  if (call === undefined || calls.length !== 1 || !isOnStraightWay(graph, call)) return undefined;
  return isInCycle(graph, call.instruction.address) ? undefined : call.instruction.targetAddress;
}

function isOnStraightWay(graph: ControlFlowGraph, wanted: GraphNode): boolean {
  let node = graph.nodes.get(graph.entryAddress);
  for (let steps = 0; node !== undefined && steps <= graph.nodes.size; steps += 1) {
    if (node === wanted) return true;
    const [next] = node.successors;
    if (node.instruction.flow !== 'next' || next === undefined) return false;
    node = graph.nodes.get(next);
  }
  return false;
}
