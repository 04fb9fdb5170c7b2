import { errnoName } from './errno.ts';
import { libbpf, nullPointer } from './libbpf.ts';

/** include/uapi/linux/bpf.h: enum bpf_prog_type, enum bpf_map_type, enum bpf_func_id. */
const PROGRAM = { kprobe: 2, rawTracepoint: 17, syscall: 31 } as const;
const MAP = { cgroupArray: 8, ringBuffer: 27, taskStorage: 29 } as const;
const HELPER = {
  currentTaskUnderCgroup: 37,
  probeReadUser: 112,
  ringbufReserve: 131,
  getCurrentTaskBtf: 158,
  getAttachCookie: 174,
} as const;

/** One thing that our programs need, asked of the running kernel by a tiny program or map of that kind. */
export interface KernelFeature {
  readonly name: string;
  /** What is not to be had without it. */
  readonly purpose: string;
  /** First kernel that has it, for orientation. */
  readonly since: string;
  /** undefined: the kernel did not let us ask; `detail` says why. */
  readonly isThere: boolean | undefined;
  readonly detail: string;
}

interface Question {
  readonly name: string;
  readonly purpose: string;
  readonly since: string;
  ask(): number;
}

function helper(name: string, id: number, program: number): Pick<Question, 'name' | 'ask'> {
  return { name, ask: () => libbpf().libbpf_probe_bpf_helper(program, id, nullPointer) };
}

function map(name: string, type: number): Pick<Question, 'name' | 'ask'> {
  return { name, ask: () => libbpf().libbpf_probe_bpf_map_type(type, nullPointer) };
}

function program(name: string, type: number): Pick<Question, 'name' | 'ask'> {
  return { name, ask: () => libbpf().libbpf_probe_bpf_prog_type(type, nullPointer) };
}

/**
 * libbpf asks for tracing programs by one at a function's entry, which some kernels refuse that take ours at
 * tracepoints: attaching tells of those.
 */
const questions: readonly Question[] = [
  { ...map('ring buffer', MAP.ringBuffer), purpose: 'everything', since: '5.8' },
  {
    ...helper('bpf_ringbuf_reserve', HELPER.ringbufReserve, PROGRAM.rawTracepoint),
    purpose: 'everything',
    since: '5.8',
  },
  {
    ...helper('bpf_probe_read_user', HELPER.probeReadUser, PROGRAM.rawTracepoint),
    purpose: 'the bytes of streams',
    since: '5.5',
  },
  {
    ...helper('bpf_get_current_task_btf', HELPER.getCurrentTaskBtf, PROGRAM.rawTracepoint),
    purpose: 'socket data',
    since: '5.11',
  },
  { ...program('syscall programs', PROGRAM.syscall), purpose: 'verdicts of user space', since: '5.14' },
  { ...program('uprobe programs', PROGRAM.kprobe), purpose: 'plaintext of TLS', since: '4.1' },
  {
    ...helper('bpf_get_attach_cookie', HELPER.getAttachCookie, PROGRAM.kprobe),
    purpose: 'plaintext of TLS',
    since: '5.15',
  },
  { ...map('cgroup array', MAP.cgroupArray), purpose: 'targets by cgroup', since: '4.8' },
  {
    ...helper('bpf_current_task_under_cgroup', HELPER.currentTaskUnderCgroup, PROGRAM.rawTracepoint),
    purpose: 'targets by cgroup',
    since: '4.9',
  },
  { ...map('task storage', MAP.taskStorage), purpose: 'statistics of system calls', since: '5.12' },
];

/** Asks one after the other; nothing stays in the kernel. */
export function probeKernelFeatures(): readonly KernelFeature[] {
  return questions.map(({ name, purpose, since, ask }) => {
    const answer = ask();
    if (answer < 0) return { name, purpose, since, isThere: undefined, detail: errnoName(answer) };
    return { name, purpose, since, isThere: answer === 1, detail: '' };
  });
}
