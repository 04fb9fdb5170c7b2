import { findLiveAddresses } from './control-flow-graph.ts';
import type { ControlFlowGraph } from './control-flow-graph.ts';
import type { SiteChoice } from './entry-site.ts';
import { findFinalResult, shrinkToFixpoint } from './final-result.ts';

/**
 * The places at which rax holds the result, such that every path from the entry to a return passes exactly one.
 *
 * Let `after` be the greatest set of addresses, without the entry, that lies in "rax is final", is closed under successors,
 * and is entered only from within or from an emulated instruction in "rax is final" all of whose successors are in it.
 * Sites are the emulated instructions through which `after` is entered, and every return outside it. A path starts
 * outside; it either stays outside until its return, which is a site, or enters `after` once, through a site, never to
 * leave it, and inside there are no sites. So it passes exactly one. Being the greatest such set, `after` leaves the
 * fewest returns to be stepped. Paths that end in a tail call to an unknown callee pass none, which the plan says.
 */
export function chooseExitSites(graph: ControlFlowGraph): readonly SiteChoice[] {
  const live = findLiveAddresses(graph);
  const final = findFinalResult(graph, live);
  const after = findAfter(graph, live, final);
  const sites: SiteChoice[] = [];
  for (const [address, node] of graph.nodes) {
    if (!live.has(address) || after.has(address)) continue;
    const entersAfter = node.successors.some((next) => after.has(next));
    if (entersAfter) sites.push({ address, why: 'emulated, rax is final, one such place on each path' });
    else if (node.end === 'return')
      sites.push({ address, why: 'return that no emulated instruction precedes' });
  }
  return sites.sort((a, b) => a.address - b.address);
}

function findAfter(
  graph: ControlFlowGraph,
  live: ReadonlySet<number>,
  final: ReadonlySet<number>,
): ReadonlySet<number> {
  const start = [...final].filter((address) => address !== graph.entryAddress);
  return shrinkToFixpoint(graph, start, (address, after) => {
    const node = graph.nodes.get(address);
    const isInside = (next: number) => !live.has(next) || after.has(next);
    const isGate = (before: number) => {
      const gate = graph.nodes.get(before);
      return (
        gate !== undefined &&
        gate.instruction.isEmulated &&
        final.has(before) &&
        gate.successors.every(isInside)
      );
    };
    if (node === undefined || !node.successors.every(isInside)) return false;
    return node.predecessors.every((before) => after.has(before) || !live.has(before) || isGate(before));
  });
}
