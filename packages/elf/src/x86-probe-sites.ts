import type { ControlFlowGraph } from './control-flow-graph.ts';
import { chooseEntrySite } from './entry-site.ts';
import { chooseExitSites } from './exit-sites.ts';
import { chooseInnerExits } from './inner-exit.ts';
import { GraphBuilder } from './graph-builder.ts';
import type { CodeSource } from './graph-builder.ts';
import { toProbeMode } from './probe-site.ts';
import type { ExitCoverage, ExitSite, ProbeSite, ProbeSites } from './probe-site.ts';
import type { SiteChoice } from './site-choice.ts';
import { X86Decoder } from './x86-instruction.ts';

export interface SiteOptions {
  /** Integer arguments that the entry program reads, 0 to 6. */
  readonly argumentCount: number;
  /** Whether the result is wanted as well. */
  readonly needsExit: boolean;
  /** Whether the exit program can read a result from the frame (`ResultPlace`). Default: no. */
  readonly allowsSlots?: boolean;
  /** Whether the entry program can read an argument from another register (`EntrySite.argumentsIn`). Default: no. */
  readonly allowsMovedArguments?: boolean;
  /**
   * Whether the sign of the called inner function's result serves as well as the own result, and the exit program ignores
   * hits while another function of the library is pending. Default: no.
   */
  readonly allowsInnerExits?: boolean;
  /** Offset in the file of a virtual address; sites at addresses without one are left out. */
  readonly toFileOffset: (virtualAddress: number) => number | undefined;
}

/** Chooses entry and exit sites in x86-64 code. Bounded, and total on any bytes. */
export function chooseX86Sites(source: CodeSource, options: SiteOptions): ProbeSites {
  const builder = new GraphBuilder(source);
  const graph = builder.build();
  const entry = chooseEntrySite(graph, {
    argumentCount: options.argumentCount,
    allowsMovedArguments: options.allowsMovedArguments ?? false,
  });
  const exits = options.needsExit ? chooseExits(graph, source, options) : [];
  const complete = (choice: SiteChoice) => completeSite(choice, { builder, source, options });
  const entrySites =
    entry === undefined ? [] : complete(entry).map((site) => ({ ...site, argumentsIn: entry.argumentsIn }));
  const exitSites = exits.flatMap((choice) => complete(choice).map((site) => toExitSite(site, choice)));
  builder.close();
  return {
    entry: entrySites,
    exit: exitSites,
    mode: toProbeMode([...entrySites, ...exitSites]),
    exitCoverage: toCoverage(graph, exitSites.length),
    notes: [...entryNotes(graph, entrySites.length), ...(options.needsExit ? exitNotes(graph) : [])],
  };
}

function toExitSite(site: ProbeSite, { slot }: SiteChoice): ExitSite {
  return { ...site, resultIn: slot ?? 'rax' };
}

interface Surroundings {
  readonly builder: GraphBuilder;
  readonly source: CodeSource;
  readonly options: SiteOptions;
}

function completeSite(choice: SiteChoice, { builder, source, options }: Surroundings): ProbeSite[] {
  const fileOffset = options.toFileOffset(choice.address);
  if (fileOffset === undefined) return [];
  const symbolOffset = choice.address - source.virtualAddress;
  const isSelf = symbolOffset >= 0 && symbolOffset < source.bytes.length;
  return [
    {
      fileOffset,
      symbolOffset,
      virtualAddress: choice.address,
      kind: builder.isEmulatedAt(choice.address) ? 'emulated' : 'stepped',
      instruction: builder.textAt(choice.address),
      why: choice.why,
      via: isSelf ? 'self' : 'inner',
    },
  ];
}

function chooseExits(
  graph: ControlFlowGraph,
  source: CodeSource,
  options: SiteOptions,
): readonly SiteChoice[] {
  if (graph.incompleteReason !== undefined) return findReturns(source);
  const own = chooseExitSites(graph, options.allowsSlots ?? false);
  const isStepped = own.some(({ address }) => graph.nodes.get(address)?.instruction.isEmulated !== true);
  const inner = isStepped && options.allowsInnerExits === true ? chooseInnerExits(graph, source) : undefined;
  return inner ?? own;
}

/** Every `ret` of a linear decode over the symbol's size: the fallback when paths cannot be followed. */
function findReturns(source: CodeSource): SiteChoice[] {
  const decoder = new X86Decoder(source.bytes, source.virtualAddress);
  const returns: SiteChoice[] = [];
  for (let address = source.virtualAddress; decoder.holds(address);) {
    const { flow, lengthBytes } = decoder.decodeAt(address);
    if (flow === 'return') returns.push({ address, why: 'return found by linear decode' });
    address += lengthBytes;
  }
  decoder.free();
  return returns;
}

function toCoverage(graph: ControlFlowGraph, exitCount: number): ExitCoverage {
  if (exitCount === 0) return 'none';
  if (graph.incompleteReason !== undefined) return 'unproven';
  return graph.unknownTailCalls.length === 0 ? 'every-return' : 'some-returns';
}

function entryNotes({ incompleteReason }: ControlFlowGraph, entryCount: number): string[] {
  const notes: string[] = [];
  if (incompleteReason !== undefined) notes.push(`Not all paths could be followed: ${incompleteReason}.`);
  if (entryCount === 0) notes.push('The first byte is inside a loop, so that no place runs once per call.');
  return notes;
}

function exitNotes(graph: ControlFlowGraph): string[] {
  return graph.unknownTailCalls.map((address) => {
    const offset = address - graph.entryAddress;
    const signed = `${offset < 0 ? '-' : '+'}0x${Math.abs(offset).toString(16)}`;
    return `The jump at ${signed} leaves through a pointer; its return is not seen.`;
  });
}
