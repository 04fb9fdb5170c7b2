import type { StackSlot } from './x86-instruction.ts';

/** One address to put a uprobe on. */
export interface ProbeSite {
  /** What the kernel wants: the offset in the file. */
  readonly fileOffset: number;
  /** From the start of the function that the plan names; outside its size when `via` is `inner`. */
  readonly symbolOffset: number;
  readonly virtualAddress: number;
  /** `emulated` costs about 0.7 µs a hit, `stepped` about 10 µs on a virtual machine. */
  readonly kind: ProbeKind;
  /** AT&T text of the probed instruction. */
  readonly instruction: string;
  /** Why this place was chosen. */
  readonly why: string;
  /**
   * `inner`: in code that the function tail-calls or was split from, which others may reach too. The exit program then
   * finds no pending call of this function on its thread, and must ignore the hit.
   */
  readonly via: 'self' | 'inner';
}

/** An entry site also says in which register each asked-for argument is. */
export interface EntrySite extends ProbeSite {
  /** `rdi, rsi, rdx, rcx, …` in this order unless the caller allows moved arguments; `x0, x1, …` on aarch64. */
  readonly argumentsIn: readonly string[];
}

/** An exit site also says where the function's own return value is. */
export interface ExitSite extends ProbeSite {
  readonly resultIn: ResultPlace;
}

/**
 * `rax` and `x0`: that register. A slot: if the low 32 bits of rax are positive (signed), the result is the 32-bit value at
 * `base + displacementBytes`, with the base register as it is at the site; else it is eax. Only where the caller allows it.
 */
export type ResultPlace = 'rax' | 'x0' | StackSlot;

export type ProbeKind = 'emulated' | 'stepped';

/** The places of one function. The exit program needs rax alone: the entry program keeps the arguments for the thread. */
export interface ProbeSites {
  /** One place, at which the asked-for argument registers are intact, run exactly once per call; empty if there is none. */
  readonly entry: readonly EntrySite[];
  /** Each path to a return passes exactly one of them. */
  readonly exit: readonly ExitSite[];
  readonly mode: ProbeMode;
  readonly exitCoverage: ExitCoverage;
  /** What could not be had, in sentences for `probe_status`. */
  readonly notes: readonly string[];
}

/** Of all sites: `emulated`, `stepped`, or some of each. */
export type ProbeMode = 'emulated' | 'mixed' | 'stepped';

/**
 * - `every-return`: proved on the control flow graph.
 * - `some-returns`: some paths leave through a pointer to an unknown function, and its return passes no site.
 * - `unproven`: the graph is incomplete; sites are the `ret`s that a linear decode finds.
 * - `none`: no site was found.
 */
export type ExitCoverage = 'every-return' | 'some-returns' | 'unproven' | 'none';

export function toProbeMode(sites: readonly ProbeSite[]): ProbeMode {
  const emulatedCount = sites.filter(({ kind }) => kind === 'emulated').length;
  if (emulatedCount === 0) return 'stepped';
  return emulatedCount === sites.length ? 'emulated' : 'mixed';
}
