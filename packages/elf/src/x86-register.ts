import { Register, RegisterExt } from 'iced-x86';

/** A set of general registers: bit 0 is rax, in the numbering of the instruction set (rcx 1, rdx 2, …, r15 15). */
export type RegisterSet = number;

export const RAX: RegisterSet = 1 << 0;
/** Registers that a called function may change, System V AMD64 ABI §3.2.1: rax, rcx, rdx, rsi, rdi, r8 to r11. */
export const CALLER_SAVED: RegisterSet = 0b1111_1100_0111;

/** Integer arguments in their order, System V AMD64 ABI §3.2.3. */
const ARGUMENTS: readonly RegisterSet[] = [1 << 7, 1 << 6, 1 << 2, 1 << 1, 1 << 8, 1 << 9];

/** The registers of the first `argumentCount` integer arguments, 6 at most: rdi, rsi, rdx, rcx, r8, r9. */
export function argumentRegisters(argumentCount: number): RegisterSet {
  return ARGUMENTS.slice(0, argumentCount).reduce((set, register) => set | register, 0);
}

/** Registers that can carry an argument at an entry site, as an x86-64 `pt_regs` names them. */
export type RegisterName = (typeof REGISTER_NAMES)[number];

const REGISTER_NAMES = [
  ...(['rax', 'rcx', 'rdx', 'rbx', 'rsp', 'rbp', 'rsi', 'rdi'] as const),
  ...(['r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15'] as const),
] as const;

/** The name of the lowest register of a set; undefined for the empty one. */
export function firstRegisterName(registers: RegisterSet): RegisterName | undefined {
  return REGISTER_NAMES.find((_, number) => (registers & (1 << number)) !== 0);
}

/** The registers of the first arguments one by one. */
export function listArgumentRegisters(argumentCount: number): readonly RegisterSet[] {
  return ARGUMENTS.slice(0, argumentCount);
}

/** The general register of which this one is a part (`al`, `eax` → rax); the empty set for any other. */
export function toRegisterSet(register: Register): RegisterSet {
  if (register === Register.None || !RegisterExt.isGPR(register)) return 0;
  return 1 << RegisterExt.number(RegisterExt.fullRegister(register));
}
