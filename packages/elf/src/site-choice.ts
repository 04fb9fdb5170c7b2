import type { StackSlot } from './x86-instruction.ts';

/** A chosen address and why it was chosen. */
export interface SiteChoice {
  readonly address: number;
  readonly why: string;
  /** At an exit: the result is in this slot if eax is positive, else in eax. Undefined: it is in rax. */
  readonly slot?: StackSlot | undefined;
}
