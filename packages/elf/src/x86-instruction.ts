import {
  Decoder,
  DecoderOptions,
  FlowControl,
  Instruction,
  InstructionInfoFactory,
  Mnemonic,
  OpAccess,
  OpKind,
  Register,
} from 'iced-x86';
import { Formatter, FormatterSyntax } from 'iced-x86';
import type { UsedRegister } from 'iced-x86';
import { isEmulatedX86 } from './emulated-instruction.ts';
import { CALLER_SAVED, toRegisterSet } from './x86-register.ts';
import type { RegisterSet } from './x86-register.ts';

/** One decoded instruction, reduced to what the choice of a probe site needs. */
export interface X86Instruction {
  readonly address: number;
  readonly lengthBytes: number;
  readonly flow: X86Flow;
  /** Of direct branches and calls. */
  readonly targetAddress: number | undefined;
  /** General registers that may be changed, in part or on some condition; for a call all that the ABI allows. */
  readonly writes: RegisterSet;
  readonly isEmulated: boolean;
  readonly shape: X86Shape;
}

/** What happens next: `stop` never goes on (ud2, int3, hlt), `opaque` cannot be followed (xbegin, bytes that are no instruction). */
export type X86Flow = 'next' | 'jump' | 'branch' | 'call' | 'jump-indirect' | 'return' | 'stop' | 'opaque';

/** Details that a few rules look at. */
export interface X86Shape {
  /** Reads the stack guard at `%fs:0x28`. */
  readonly readsStackGuard: boolean;
  /** `cmp`, `sub` or `xor`: how a guard is compared. */
  readonly isComparison: boolean;
  readonly isAddition: boolean;
  readonly condition: 'equal' | 'not-equal' | 'less-or-equal' | 'greater' | 'other' | undefined;
  /** `test %eax,%eax`. */
  readonly testsEax: boolean;
  /** A 32-bit `mov displacement(%rsp or %rbp),%eax`. */
  readonly slotLoad: StackSlot | undefined;
  /** Indirect jump through a table in memory: its operand has an index register. */
  readonly hasIndex: boolean;
  /** First operand when it is a register, and the source register of a plain 64-bit register copy. */
  readonly destination: RegisterSet;
  readonly copySource: RegisterSet;
  /** A 32-bit or 64-bit `mov displacement(base), destination`. */
  readonly load: RegisterLoad | undefined;
}

export interface RegisterLoad {
  readonly base: RegisterSet;
  readonly displacementBytes: number;
  readonly widthBytes: 4 | 8;
}

/** A place in the function's frame, relative to a register at the instruction that names it. */
export interface StackSlot {
  readonly base: 'rsp' | 'rbp';
  readonly displacementBytes: number;
}

/** A decoder over one stretch of code. Holds WebAssembly memory: `free` it. */
export class X86Decoder {
  readonly #decoder: Decoder;
  readonly #instruction = new Instruction();
  readonly #factory = new InstructionInfoFactory();
  readonly #bytes: Uint8Array;
  readonly #startAddress: number;
  readonly #usableBytes: number;

  constructor(bytes: Uint8Array, startAddress: number, usableBytes = bytes.length) {
    this.#decoder = new Decoder(64, bytes, DecoderOptions.None);
    this.#bytes = bytes;
    this.#startAddress = startAddress;
    this.#usableBytes = usableBytes;
  }

  holds(address: number): boolean {
    return address >= this.#startAddress && address < this.#startAddress + this.#usableBytes;
  }

  /** The instruction at an address that `holds`; bytes that are no instruction, or end early, decode as `opaque`. */
  decodeAt(address: number): X86Instruction {
    const position = this.#seek(address);
    const instruction = this.#instruction;
    const lengthBytes = Math.max(1, instruction.length);
    const flow = toFlow(instruction);
    const isNear = flow === 'jump' || flow === 'branch' || (flow === 'call' && instruction.isCallNear);
    return {
      address,
      lengthBytes,
      flow,
      targetAddress: isNear ? Number(instruction.nearBranchTarget) : undefined,
      writes: this.#writes() | (flow === 'call' ? CALLER_SAVED : 0),
      isEmulated: flow !== 'stop' && isEmulatedX86(this.#bytes.subarray(position, position + lengthBytes)),
      shape: toShape(instruction),
    };
  }

  /** AT&T text, as objdump prints it. */
  textAt(address: number): string {
    this.#seek(address);
    const formatter = new Formatter(FormatterSyntax.Gas);
    formatter.branchLeadingZeros = false;
    const text = formatter.format(this.#instruction);
    formatter.free();
    return text;
  }

  free(): void {
    this.#decoder.free();
    this.#instruction.free();
    this.#factory.free();
  }

  #seek(address: number): number {
    const position = address - this.#startAddress;
    this.#decoder.position = position;
    this.#decoder.ip = BigInt(address);
    this.#decoder.decodeOut(this.#instruction);
    return position;
  }

  #writes(): RegisterSet {
    const info = this.#factory.info(this.#instruction);
    // Typed as any[] by the package; its documentation says UsedRegister[].
    const used: UsedRegister[] = info.usedRegisters();
    let writes = 0;
    for (const register of used) {
      if (WRITING.has(register.access)) writes |= toRegisterSet(register.register);
      register.free();
    }
    info.free();
    return writes;
  }
}

const WRITING: ReadonlySet<OpAccess> = new Set([
  OpAccess.Write,
  OpAccess.CondWrite,
  OpAccess.ReadWrite,
  OpAccess.ReadCondWrite,
]);

function toFlow(instruction: Instruction): X86Flow {
  if (instruction.isInvalid) return 'opaque';
  if (instruction.mnemonic === Mnemonic.Hlt) return 'stop';
  switch (instruction.flowControl) {
    case FlowControl.Next:
      return 'next';
    case FlowControl.UnconditionalBranch:
      return instruction.isJmpShortOrNear ? 'jump' : 'opaque';
    case FlowControl.IndirectBranch:
      return 'jump-indirect';
    case FlowControl.ConditionalBranch:
      return 'branch';
    case FlowControl.Return:
      return 'return';
    case FlowControl.Call:
    case FlowControl.IndirectCall:
      return 'call';
    case FlowControl.Exception:
      return 'stop';
    case FlowControl.Interrupt:
      return instruction.mnemonic === Mnemonic.Int3 ? 'stop' : 'opaque';
    case FlowControl.XbeginXabortXend:
      return 'opaque';
  }
}

function toShape(instruction: Instruction): X86Shape {
  const { mnemonic } = instruction;
  const isMove = mnemonic === Mnemonic.Mov;
  const isRegisterFirst = instruction.opCount > 0 && instruction.op0Kind === OpKind.Register;
  const second = instruction.opCount > 1 ? instruction.op1Kind : undefined;
  return {
    readsStackGuard: instruction.memorySegment === Register.FS && instruction.memoryDisplacement === 0x28n,
    isComparison: mnemonic === Mnemonic.Cmp || mnemonic === Mnemonic.Sub || mnemonic === Mnemonic.Xor,
    isAddition: mnemonic === Mnemonic.Add,
    condition: toCondition(mnemonic, instruction.flowControl),
    hasIndex: instruction.memoryIndex !== Register.None,
    destination: isRegisterFirst ? toRegisterSet(instruction.op0Register) : 0,
    copySource:
      isMove && is64Bit(instruction) && second === OpKind.Register
        ? toRegisterSet(instruction.op1Register)
        : 0,
    load: isMove && isRegisterFirst && second === OpKind.Memory ? toLoad(instruction) : undefined,
    testsEax: mnemonic === Mnemonic.Test && isEax(instruction, 0) && isEax(instruction, 1),
    slotLoad: isMove && isEax(instruction, 0) && second === OpKind.Memory ? toSlot(instruction) : undefined,
  };
}

/** Whether the first operand is a 64-bit general register. */
function is64Bit({ op0Kind, op0Register }: Instruction): boolean {
  return op0Kind === OpKind.Register && op0Register >= Register.RAX && op0Register <= Register.R15;
}

function is32Bit({ op0Kind, op0Register }: Instruction): boolean {
  return op0Kind === OpKind.Register && op0Register >= Register.EAX && op0Register <= Register.R15D;
}

function toCondition(mnemonic: Mnemonic, flow: FlowControl): X86Shape['condition'] {
  if (flow !== FlowControl.ConditionalBranch) return undefined;
  return CONDITIONS.get(mnemonic) ?? 'other';
}

const CONDITIONS: ReadonlyMap<Mnemonic, X86Shape['condition']> = new Map([
  [Mnemonic.Je, 'equal'],
  [Mnemonic.Jne, 'not-equal'],
  [Mnemonic.Jle, 'less-or-equal'],
  [Mnemonic.Jg, 'greater'],
]);

function isEax(instruction: Instruction, operand: number): boolean {
  const isRegister = instruction.opCount > operand && instruction.opKind(operand) === OpKind.Register;
  return isRegister && instruction.opRegister(operand) === Register.EAX;
}

function toSlot(instruction: Instruction): StackSlot | undefined {
  const { memoryBase } = instruction;
  if (
    instruction.memoryIndex !== Register.None ||
    (memoryBase !== Register.RSP && memoryBase !== Register.RBP)
  ) {
    return undefined;
  }
  const displacementBytes = Number(BigInt.asIntN(64, instruction.memoryDisplacement));
  return { base: memoryBase === Register.RSP ? 'rsp' : 'rbp', displacementBytes };
}

function toLoad(instruction: Instruction): X86Shape['load'] {
  const base = toRegisterSet(instruction.memoryBase);
  const widthBytes = is64Bit(instruction) ? 8 : is32Bit(instruction) ? 4 : undefined;
  if (widthBytes === undefined || base === 0 || instruction.memoryIndex !== Register.None) return undefined;
  const displacementBytes = Number(BigInt.asIntN(64, instruction.memoryDisplacement));
  return { base, displacementBytes, widthBytes };
}
