import type { X86Instruction } from './x86-instruction.ts';

/**
 * Where a failed stack guard goes, if `branch` is the check of one: its code calls `__stack_chk_fail`, which never
 * returns. The two forms that compilers emit are `sub %fs:0x28,%reg; jne` and `mov %fs:0x28,%reg; cmp slot,%reg; jne`
 * (or `je` over the failure).
 */
export function findGuardFailure(
  branch: X86Instruction,
  before: readonly X86Instruction[],
): number | undefined {
  const compare = before.at(-1);
  if (compare === undefined || !compare.shape.isComparison) return undefined;
  if (!compare.shape.readsStackGuard && !isGuardIn(compare, before.at(-2))) return undefined;
  if (branch.shape.condition === 'not-equal') return branch.targetAddress;
  return branch.shape.condition === 'equal' ? branch.address + branch.lengthBytes : undefined;
}

function isGuardIn(compare: X86Instruction, load: X86Instruction | undefined): boolean {
  return (
    load !== undefined &&
    load.shape.readsStackGuard &&
    load.writes !== 0 &&
    compare.shape.destination === load.writes
  );
}
