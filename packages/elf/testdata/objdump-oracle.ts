import { execFileSync } from 'node:child_process';

/** One line of `objdump -d`. */
export interface DumpedInstruction {
  readonly address: number;
  readonly byteCount: number;
  readonly firstByte: number;
  readonly text: string;
  readonly next: number;
}

export type Dump = ReadonlyMap<number, DumpedInstruction>;

const LINE = /^\s*([0-9a-f]+):\t((?:[0-9a-f]{2} )+)\s*(?:\t(.*))?$/;

/** What binutils makes of a range of a file: the oracle's only source. */
export function dumpRange(path: string, startAddress: number, endAddress: number): Dump {
  const range = [`--start-address=${startAddress}`, `--stop-address=${endAddress}`];
  const output = execFileSync('objdump', ['-d', '-w', ...range, path], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const dump = new Map<number, DumpedInstruction>();
  for (const line of output.split('\n')) {
    const [, hexAddress, hexBytes = '', text = ''] = LINE.exec(line) ?? [];
    if (hexAddress === undefined) continue;
    const address = Number.parseInt(hexAddress, 16);
    const bytes = hexBytes.trim().split(' ');
    const firstByte = Number.parseInt(bytes[0] ?? '0', 16);
    dump.set(address, {
      address,
      byteCount: bytes.length,
      firstByte,
      text: text.trim(),
      next: address + bytes.length,
    });
  }
  return dump;
}

/** By objdump's words, not by opcodes: the unprefixed short and near forms that the kernel emulates. */
export function isEmulatedText({ text, byteCount }: DumpedInstruction): boolean {
  if (/^nop$/.test(text)) return byteCount === 1;
  if (/^push\s+%r\w+$/.test(text)) return byteCount <= 2;
  if (/^call\s+[0-9a-f]+/.test(text)) return byteCount === 5;
  if (/^jmp\s+[0-9a-f]+/.test(text)) return byteCount === 2 || byteCount === 5;
  return /^j(?!mp|rcxz|ecxz)\w+\s+[0-9a-f]+/.test(text) && (byteCount === 2 || byteCount === 6);
}

const ALIASES: Record<string, RegExp> = {
  rax: /^%(?:rax|eax|ax|al|ah)$/,
  rdi: /^%(?:rdi|edi|di|dil)$/,
  rsi: /^%(?:rsi|esi|si|sil)$/,
  rdx: /^%(?:rdx|edx|dx|dl|dh)$/,
  rcx: /^%(?:rcx|ecx|cx|cl|ch)$/,
};
const READ_ONLY = /^(?:cmp|test|push|j|nop|ret|bt\s)/;
const IMPLICIT_RAX =
  /^(?:cltq|cwtl|mul|div|idiv|imul\s+\S+$|cmpxchg|lock cmpxchg|lods|cpuid|rdtsc|syscall|xchg|xadd|lock xadd)/;

/** Whether AT&T text may change the register: the last operand is the destination. */
export function mayWrite({ text }: DumpedInstruction, register: keyof typeof ALIASES): boolean {
  if (/^(?:bnd |notrack )?call/.test(text)) return true;
  if (register === 'rax' && IMPLICIT_RAX.test(text)) return true;
  if (/^(?:xchg|xadd|lock xadd|rep |repz |repnz )/.test(text)) return true;
  if (READ_ONLY.test(text)) return false;
  const operands = splitOperands(text.replace(/\s*[#<].*$/, ''));
  const last = operands.at(-1);
  return last !== undefined && (ALIASES[register]?.test(last) ?? true);
}

function splitOperands(text: string): string[] {
  const [, rest = ''] = /^\S+\s+(.*)$/.exec(text) ?? [];
  return rest.split(/,(?![^(]*\))/).map((operand) => operand.trim());
}

/** Where control goes after an instruction by objdump's text: inside the function, back, elsewhere, or never on. */
export function stepsAfter(instruction: DumpedInstruction): {
  readonly to: readonly number[];
  readonly isReturn: boolean;
} {
  const { text, next } = instruction;
  if (/^(?:bnd |repz |notrack )?ret/.test(text)) return { to: [], isReturn: true };
  if (/__stack_chk_fail|^ud2|^hlt/.test(text)) return { to: [], isReturn: false };
  const [, hexTarget] = /^(?:bnd )?j\w+\s+([0-9a-f]+)(?:\s|$)/.exec(text) ?? [];
  const isJump = /^(?:bnd |notrack )?jmp/.test(text);
  const target = hexTarget === undefined ? [] : [Number.parseInt(hexTarget, 16)];
  return { to: isJump ? target : [next, ...target], isReturn: false };
}
