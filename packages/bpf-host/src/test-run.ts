import { bpfError } from './errors.ts';
import { errnoName } from './errno.ts';
import { libbpf, writePointer } from './libbpf.ts';

/** struct bpf_test_run_opts, libbpf 1.1 (src/bpf.h). */
const OPTIONS = { bytes: 80, context: 32, contextBytes: 48, result: 56 } as const;

/** Runs a `syscall` program once with `context` as its argument (kernel 5.14); returns its result. */
export function runProgram(programFd: number, context: Buffer): number {
  const options = Buffer.alloc(OPTIONS.bytes);
  options.writeBigUInt64LE(BigInt(OPTIONS.bytes), 0);
  writePointer(options, OPTIONS.context, context);
  options.writeUInt32LE(context.length, OPTIONS.contextBytes);
  const result = libbpf().bpf_prog_test_run_opts(programFd, options);
  if (result !== 0) throw bpfError('BPF_MAP_FAILED', `program run: ${errnoName(result)}`);
  return options.readUInt32LE(OPTIONS.result);
}
