/**
 * Whether the kernel emulates a probed x86-64 instruction instead of single-stepping a copy of it.
 *
 * Source: arch/x86/kernel/uprobes.c, `branch_setup_xol_ops` (nop 90, call rel32 e8, jmp eb and e9, jcc 70-7f and
 * 0f 80-8f) and `push_setup_xol_ops` (50-57 and 41 50-57). Everything with another prefix is taken for stepped, also
 * where some kernels would emulate it: `endbr64`, multi-byte nops, `ret` and `bnd jmp` among them.
 */
export function isEmulatedX86(bytes: Uint8Array): boolean {
  const first = bytes[0] ?? 0;
  const second = bytes[1] ?? 0;
  switch (bytes.length) {
    case 1:
      return first === 0x90 || isPush(first);
    case 2:
      return first === 0xeb || (first >= 0x70 && first <= 0x7f) || (first === 0x41 && isPush(second));
    case 5:
      return first === 0xe8 || first === 0xe9;
    case 6:
      return first === 0x0f && second >= 0x80 && second <= 0x8f;
    default:
      return false;
  }
}

function isPush(opcode: number): boolean {
  return opcode >= 0x50 && opcode <= 0x57;
}

/**
 * Whether the kernel simulates a probed A64 instruction: b, bl, b.cond, cbz, cbnz, tbz, tbnz, br, blr, ret, adr, adrp,
 * ldr literal and nop (arch/arm64/kernel/probes/decode-insn.c). `stp x29, x30` is simulated by new kernels alone and
 * is taken for stepped.
 */
export function isEmulatedAarch64(word: number): boolean {
  return SIMULATED_A64.some(([mask, value]) => (word & mask) >>> 0 === value);
}

/** [mask, value] pairs from arch/arm64/include/asm/insn.h. */
const SIMULATED_A64: readonly (readonly [number, number])[] = [
  [0x7c000000, 0x14000000], // b, bl
  [0xff000010, 0x54000000], // b.cond
  [0x7e000000, 0x34000000], // cbz, cbnz
  [0x7e000000, 0x36000000], // tbz, tbnz
  [0xfffffc1f, 0xd61f0000], // br
  [0xfffffc1f, 0xd63f0000], // blr
  [0xfffffc1f, 0xd65f0000], // ret
  [0x1f000000, 0x10000000], // adr, adrp
  [0xbf000000, 0x18000000], // ldr literal, 32 and 64 bits
  [0xff000000, 0x98000000], // ldrsw literal
  [0xffffffff, 0xd503201f], // nop
];
