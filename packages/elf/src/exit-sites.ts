import { findLiveAddresses } from './control-flow-graph.ts';
import type { ControlFlowGraph } from './control-flow-graph.ts';
import { findConditionalResults } from './conditional-result.ts';
import type { ConditionalResult } from './conditional-result.ts';
import { findFinalResult, shrinkToFixpoint } from './final-result.ts';
import type { SiteChoice } from './site-choice.ts';

/**
 * The places at which rax holds the result, such that every path from the entry to a return passes exactly one.
 *
 * Let `after` be the greatest set of addresses, without the entry, that lies in "rax is final", is closed under successors,
 * and is entered only from within or from an emulated instruction in "rax is final" all of whose successors are in it.
 * Sites are the emulated instructions through which `after` is entered, and every return outside it. A path starts
 * outside; it either stays outside until its return, which is a site, or enters `after` once, through a site, never to
 * leave it, and inside there are no sites. So it passes exactly one. Being the greatest such set, `after` leaves the
 * fewest returns to be stepped. A branch with a conditional result counts as such an instruction, and the load behind it
 * as part of "rax is final". Paths that end in a tail call to an unknown callee pass none, which the plan says.
 */
export function chooseExitSites(graph: ControlFlowGraph, allowsSlots: boolean): readonly SiteChoice[] {
  const live = findLiveAddresses(graph);
  const final = findFinalResult(graph, live);
  const plain = chooseAmong(graph, { live, final, conditional: [] });
  const conditional = allowsSlots ? findConditionalResults(graph, final) : [];
  if (conditional.length === 0 || plain.every(({ why }) => why !== WHY_RETURN)) return plain;
  return chooseAmong(graph, { live, final, conditional });
}

function chooseAmong(graph: ControlFlowGraph, known: Known): readonly SiteChoice[] {
  const { live, conditional } = known;
  const slots = new Map(conditional.map(({ branchAddress, slot }) => [branchAddress, slot]));
  const after = findAfter(graph, known);
  const sites: SiteChoice[] = [];
  for (const [address, node] of graph.nodes) {
    if (!live.has(address) || after.has(address)) continue;
    const slot = slots.get(address);
    const entersAfter = node.successors.some((next) => after.has(next));
    if (entersAfter) sites.push({ address, slot, why: slot === undefined ? WHY_FINAL : WHY_SLOT });
    else if (node.end === 'return') sites.push({ address, why: WHY_RETURN });
  }
  return sites.sort((a, b) => a.address - b.address);
}

const WHY_FINAL = 'emulated, rax is final, one such place on each path';
const WHY_SLOT = 'emulated, the result is eax or, if that is positive, the slot; one such place on each path';
const WHY_RETURN = 'return that no emulated instruction precedes';

interface Known {
  readonly live: ReadonlySet<number>;
  readonly final: ReadonlySet<number>;
  readonly conditional: readonly ConditionalResult[];
}

function findAfter(graph: ControlFlowGraph, { live, final, conditional }: Known): ReadonlySet<number> {
  const branches = new Set(conditional.map(({ branchAddress }) => branchAddress));
  const start = new Set([...final, ...conditional.map(({ loadAddress }) => loadAddress)]);
  start.delete(graph.entryAddress);
  return shrinkToFixpoint(graph, start, (address, after) => {
    const node = graph.nodes.get(address);
    const isInside = (next: number) => !live.has(next) || after.has(next);
    const isGate = (before: number) => {
      const gate = graph.nodes.get(before);
      if (gate === undefined || !gate.instruction.isEmulated) return false;
      return (final.has(before) || branches.has(before)) && gate.successors.every(isInside);
    };
    if (node === undefined || !node.successors.every(isInside)) return false;
    return node.predecessors.every((before) => after.has(before) || !live.has(before) || isGate(before));
  });
}
