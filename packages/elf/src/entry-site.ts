import { isInCycle } from './control-flow-graph.ts';
import type { ControlFlowGraph } from './control-flow-graph.ts';
import type { SiteChoice } from './site-choice.ts';
import { firstRegisterName, listArgumentRegisters } from './x86-register.ts';
import type { RegisterName, RegisterSet } from './x86-register.ts';
import type { X86Instruction } from './x86-instruction.ts';

export interface EntryChoice extends SiteChoice {
  /** The register of each asked-for argument at the site. */
  readonly argumentsIn: readonly RegisterName[];
}

/** What the entry program can do. */
export interface EntryNeeds {
  readonly argumentCount: number;
  /** Whether an argument may be read from another register to which it was copied. */
  readonly allowsMovedArguments: boolean;
}

/**
 * The first emulated instruction on the straight way from the entry at which every asked-for argument is still in its
 * register, or, where allowed, in one to which a 64-bit `mov` copied it.
 *
 * Why it runs exactly once per call: only straight-line code lies before it, so every path from the entry passes it (the
 * first branch and the first call of a function are emulated themselves and end the search); and it is in no cycle, so
 * no path comes back. For the same reason no path returns before it. Without such a place the first byte is taken,
 * where all arguments are intact by definition; undefined when even that is in a loop.
 */
export function chooseEntrySite(graph: ControlFlowGraph, needs: EntryNeeds): EntryChoice | undefined {
  const own = listArgumentRegisters(needs.argumentCount);
  if (graph.incompleteReason === undefined) {
    const plain = findEmulatedEntry(graph, own, false);
    const choice = plain ?? (needs.allowsMovedArguments ? findEmulatedEntry(graph, own, true) : undefined);
    if (choice !== undefined) return choice;
  }
  if (isInCycle(graph, graph.entryAddress)) return undefined;
  const why =
    graph.incompleteReason ?? 'an argument register is overwritten before the first emulated instruction';
  return { address: graph.entryAddress, why: `first byte: ${why}`, argumentsIn: toNames(own, own) ?? [] };
}

function findEmulatedEntry(
  graph: ControlFlowGraph,
  own: readonly RegisterSet[],
  isMoveAllowed: boolean,
): EntryChoice | undefined {
  let holders: readonly RegisterSet[] = own;
  for (let node = graph.nodes.get(graph.entryAddress); node !== undefined;) {
    const { instruction, successors } = node;
    const argumentsIn = toNames(
      isMoveAllowed ? holders : holders.map((held, index) => held & (own[index] ?? 0)),
      own,
    );
    if (argumentsIn === undefined) return undefined;
    if (instruction.isEmulated && !isInCycle(graph, instruction.address)) {
      const how = isMoveAllowed ? 'the arguments in known registers' : 'the arguments intact';
      return {
        address: instruction.address,
        argumentsIn,
        why: `first emulated instruction with ${how}, once per call`,
      };
    }
    const [next] = successors;
    if (instruction.flow !== 'next' || next === undefined || next <= instruction.address) return undefined;
    holders = holders.map((held) => holdersAfter(held, instruction));
    node = graph.nodes.get(next);
  }
  return undefined;
}

/** Registers that hold a value after an instruction, given those that hold it before. */
export function holdersAfter(before: RegisterSet, { writes, shape }: X86Instruction): RegisterSet {
  const kept = before & ~writes;
  return (shape.copySource & before) === 0 ? kept : kept | shape.destination;
}

/** A register for each argument, its own if it still holds it; undefined when one is lost. */
function toNames(
  holders: readonly RegisterSet[],
  own: readonly RegisterSet[],
): readonly RegisterName[] | undefined {
  const names = holders.flatMap((held, index) => {
    const still = held & (own[index] ?? 0);
    return firstRegisterName(still === 0 ? held : still) ?? [];
  });
  return names.length === holders.length ? names : undefined;
}
