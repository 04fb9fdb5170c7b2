import type { ControlFlowGraph, GraphEnd, GraphNode } from './control-flow-graph.ts';
import { findGuardFailure } from './stack-guard.ts';
import { X86Decoder } from './x86-instruction.ts';
import type { X86Instruction } from './x86-instruction.ts';

/** Where code comes from. */
export interface CodeSource {
  /** The function's own bytes. */
  readonly bytes: Uint8Array;
  readonly virtualAddress: number;
  /** Code elsewhere, for outlined parts and tail-called functions; up to `lengthBytes`, undefined when unmapped. */
  readonly readCode?: (virtualAddress: number, lengthBytes: number) => Uint8Array | undefined;
}

/** A function of OpenSSL's API has at most some 700; beyond this bound the graph is called incomplete. */
const MAX_INSTRUCTIONS = 4096;
const OUTLINED_WINDOW_BYTES = 4096;
const MAX_WINDOWS = 16;
/** `jmp *%reg` whose register was summed within this many instructions goes through a table of offsets. */
const TABLE_LOOK_BACK = 4;

/** Follows all paths from the first byte. The caller frees the decoders with `close`. */
export class GraphBuilder {
  readonly #source: CodeSource;
  readonly #decoders: X86Decoder[];
  readonly #nodes = new Map<number, GraphNode>();
  readonly #pending: { address: number; isDoomed: boolean }[];
  readonly #unknownTailCalls: number[] = [];
  #incompleteReason: string | undefined;

  constructor(source: CodeSource) {
    this.#source = source;
    this.#decoders = [new X86Decoder(source.bytes, source.virtualAddress)];
    this.#pending = [{ address: source.virtualAddress, isDoomed: false }];
  }

  build(): ControlFlowGraph {
    for (let run = this.#pending.pop(); run !== undefined; run = this.#pending.pop()) {
      this.#followRun(run.address, run.isDoomed);
    }
    this.#linkPredecessors();
    return {
      entryAddress: this.#source.virtualAddress,
      nodes: this.#nodes,
      incompleteReason: this.#incompleteReason ?? this.#findUnreachedCode(),
      unknownTailCalls: this.#unknownTailCalls,
    };
  }

  textAt(address: number): string {
    return this.#decoderAt(address)?.textAt(address) ?? '';
  }

  isEmulatedAt(address: number): boolean {
    return this.#decoderAt(address)?.decodeAt(address).isEmulated ?? false;
  }

  close(): void {
    for (const decoder of this.#decoders) decoder.free();
  }

  /** Straight on until control leaves the line. In a doomed run (a failed stack guard) the first call never returns. */
  #followRun(start: number, isStartDoomed: boolean): void {
    const run: X86Instruction[] = [];
    let isDoomed = isStartDoomed;
    for (let address = start; !this.#nodes.has(address);) {
      const instruction = this.#decode(address);
      if (instruction === undefined) return;
      const after = address + instruction.lengthBytes;
      const end = this.#endOf(instruction, run, isDoomed);
      const successors = end === undefined ? this.#successorsOf(instruction, after) : [];
      this.#nodes.set(address, { instruction, successors, predecessors: [], end });
      const failure = instruction.flow === 'branch' ? findGuardFailure(instruction, run) : undefined;
      this.#schedule(instruction, successors, failure);
      isDoomed ||= failure === after;
      if (!successors.includes(after)) return;
      run.push(instruction);
      address = after;
    }
  }

  #decode(address: number): X86Instruction | undefined {
    const decoder = this.#nodes.size < MAX_INSTRUCTIONS ? this.#decoderAt(address) : undefined;
    if (decoder === undefined) this.#incompleteReason ??= 'more code than the analysis is willing to follow';
    return decoder?.decodeAt(address);
  }

  #endOf(
    instruction: X86Instruction,
    run: readonly X86Instruction[],
    isDoomed: boolean,
  ): GraphEnd | undefined {
    switch (instruction.flow) {
      case 'return':
        return 'return';
      case 'stop':
        return 'stop';
      case 'opaque':
        this.#incompleteReason ??= 'an instruction whose flow is not modelled';
        return 'stop';
      case 'call':
        return isDoomed || this.#isLastCall(instruction) ? 'stop' : undefined;
      case 'jump-indirect':
        return this.#endOfIndirectJump(instruction, run);
      default:
        return undefined;
    }
  }

  /** A call with nothing of the function behind it does not return: compilers end so with `__stack_chk_fail` or `abort`. */
  #isLastCall({ address, lengthBytes }: X86Instruction): boolean {
    return address + lengthBytes === this.#source.virtualAddress + this.#source.bytes.length;
  }

  #endOfIndirectJump(instruction: X86Instruction, run: readonly X86Instruction[]): GraphEnd {
    const { shape } = instruction;
    const register = shape.destination;
    const isSummed = run
      .slice(-TABLE_LOOK_BACK)
      .some((other) => other.shape.isAddition && other.shape.destination === register);
    const isTable = shape.hasIndex || (register !== 0 && isSummed);
    if (isTable) this.#incompleteReason ??= 'a jump table';
    else this.#unknownTailCalls.push(instruction.address);
    return 'tail-call';
  }

  #successorsOf({ flow, targetAddress }: X86Instruction, after: number): number[] {
    if (flow === 'jump') return targetAddress === undefined ? [] : [targetAddress];
    if (flow === 'branch' && targetAddress !== undefined)
      return targetAddress === after ? [after] : [after, targetAddress];
    return [after];
  }

  /** What lies straight ahead is followed by the run itself. */
  #schedule(
    { address, lengthBytes }: X86Instruction,
    successors: readonly number[],
    failure: number | undefined,
  ): void {
    for (const next of successors) {
      if (next !== address + lengthBytes) this.#pending.push({ address: next, isDoomed: next === failure });
    }
  }

  #decoderAt(address: number): X86Decoder | undefined {
    const known = this.#decoders.find((decoder) => decoder.holds(address));
    if (known !== undefined || this.#decoders.length >= MAX_WINDOWS) return known;
    const bytes = this.#source.readCode?.(address, OUTLINED_WINDOW_BYTES);
    if (bytes === undefined || bytes.length === 0) return undefined;
    // An instruction is 15 bytes at most: those that a full window may cut are left to the next one.
    const usableBytes = bytes.length < OUTLINED_WINDOW_BYTES ? bytes.length : bytes.length - 15;
    const decoder = new X86Decoder(bytes, address, usableBytes);
    this.#decoders.push(decoder);
    return decoder;
  }

  #linkPredecessors(): void {
    for (const [address, { successors }] of this.#nodes) {
      for (const next of successors) this.#nodes.get(next)?.predecessors.push(address);
    }
  }

  /** Code that no path reaches is the mark of a jump table that looked like a tail call. Padding is not code. */
  #findUnreachedCode(): string | undefined {
    if (this.#unknownTailCalls.length === 0) return undefined;
    const { bytes, virtualAddress } = this.#source;
    const reached = new Uint8Array(bytes.length);
    for (const { instruction } of this.#nodes.values()) {
      const from = instruction.address - virtualAddress;
      reached.fill(1, Math.max(0, from), Math.max(0, from + instruction.lengthBytes));
    }
    return hasUnreachedCode(reached, bytes)
      ? 'an indirect jump that may stay inside the function'
      : undefined;
  }
}

/** A gap counts as padding when it begins as padding does: nop (90, 66…, 0f 1f, 2e), int3 or zeros. */
function hasUnreachedCode(reached: Uint8Array, bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += 1) {
    const isGapStart = reached[at] === 0 && (at === 0 || reached[at - 1] === 1);
    if (isGapStart && !PADDING_STARTS.has(bytes[at] ?? 0)) return true;
  }
  return false;
}

const PADDING_STARTS: ReadonlySet<number> = new Set([0x00, 0x0f, 0x2e, 0x66, 0x90, 0xcc]);
