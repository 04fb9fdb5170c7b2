import { AppError } from '@tomte/kit';

/** Every error of this room: code → family and remedy. */
const codes = {
  BPF_OPEN_FAILED: {
    family: 'operational',
    remedy: 'Build the objects: make -C bpf.',
  },
  BPF_LOAD_FAILED: {
    family: 'operational',
    remedy: 'Run `tomte doctor`; loading needs CAP_BPF and CAP_PERFMON (or root) and kernel 5.15 with BTF.',
  },
  BPF_ATTACH_FAILED: {
    family: 'operational',
    remedy: 'Run `tomte doctor` to see what this kernel offers.',
  },
  BPF_MAP_FAILED: { family: 'unexpected', remedy: 'Report it with the line above.' },
  BPF_NO_SUCH_PART: {
    family: 'unexpected',
    remedy: 'The objects are older than the program: make -C bpf.',
  },
  BPF_RECORD_TOO_LONG: {
    family: 'unexpected',
    remedy: 'The objects are not of this program: make -C bpf.',
  },
  BPF_MMAP_FAILED: { family: 'operational', remedy: 'Free memory or choose a smaller ring.' },
} as const;

export type BpfErrorCode = keyof typeof codes;

export function bpfError(code: BpfErrorCode, facts: string, cause?: unknown): AppError {
  return new AppError(code, facts, { ...codes[code], ...(cause === undefined ? {} : { cause }) });
}
