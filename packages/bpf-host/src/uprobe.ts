import type { BpfLink } from './bpf-object.ts';
import { bpfError } from './errors.ts';
import { errnoName } from './errno.ts';
import { isNull, lastErrno, libbpf, libc, writePointer } from './libbpf.ts';

/** include/uapi/linux/bpf.h */
const BPF_LINK_CREATE = 28;
/** enum bpf_attach_type: what a program for `attachUprobeMulti` must be loaded with. */
export const BPF_TRACE_UPROBE_MULTI = 48;
const SYSCALL_BPF: Readonly<Record<string, number>> = { x64: 321, arm64: 280 };

/** union bpf_attr, link_create.uprobe_multi. */
const ATTRIBUTES = {
  bytes: 64,
  programFd: 0,
  attachType: 8,
  path: 16,
  offsets: 24,
  cookies: 40,
  count: 48,
} as const;

export interface UprobeSite {
  /** In the file, as `@tomte/elf` plans it. */
  readonly fileOffset: number;
  /** What the program reads by bpf_get_attach_cookie. */
  readonly cookie: bigint;
}

/**
 * One link for many places of one file (kernel 6.6). The kernel resolves `path` in our own mount
 * namespace and holds the inode: later processes that map it are covered.
 */
export function attachUprobeMulti(programFd: number, path: string, sites: readonly UprobeSite[]): BpfLink {
  const attributes = Buffer.alloc(ATTRIBUTES.bytes);
  const pathText = Buffer.from(`${path}\0`);
  const offsets = BigUint64Array.from(sites, ({ fileOffset }) => BigInt(fileOffset));
  const cookies = BigUint64Array.from(sites, ({ cookie }) => cookie);
  attributes.writeUInt32LE(programFd, ATTRIBUTES.programFd);
  attributes.writeUInt32LE(BPF_TRACE_UPROBE_MULTI, ATTRIBUTES.attachType);
  writePointer(attributes, ATTRIBUTES.path, pathText);
  writePointer(attributes, ATTRIBUTES.offsets, Buffer.from(offsets.buffer));
  writePointer(attributes, ATTRIBUTES.cookies, Buffer.from(cookies.buffer));
  attributes.writeUInt32LE(sites.length, ATTRIBUTES.count);
  const number = SYSCALL_BPF[process.arch] ?? -1;
  const fd = Number(libc().syscall(number, BPF_LINK_CREATE, attributes, attributes.length));
  if (fd < 0) throw bpfError('BPF_ATTACH_FAILED', `uprobe_multi on ${path}: ${errnoName(lastErrno())}`);
  return { close: () => void libc().close(fd) };
}

/** struct bpf_uprobe_opts, libbpf 1.1. */
const OPTIONS = { bytes: 40, cookie: 16 } as const;
const ANY_PROCESS = -1;

/** One perf-event uprobe a place: for kernels without uprobe_multi (cookies: kernel 5.15). */
export function attachUprobes(program: Buffer, path: string, sites: readonly UprobeSite[]): BpfLink {
  const links: Buffer[] = [];
  const close = (): void => {
    for (const link of links) libbpf().bpf_link__destroy(link);
  };
  for (const { fileOffset, cookie } of sites) {
    const options = Buffer.alloc(OPTIONS.bytes);
    options.writeBigUInt64LE(BigInt(OPTIONS.bytes), 0);
    options.writeBigUInt64LE(cookie, OPTIONS.cookie);
    const link = libbpf().bpf_program__attach_uprobe_opts(program, ANY_PROCESS, path, fileOffset, options);
    if (isNull(link)) {
      const errno = lastErrno();
      close();
      throw bpfError('BPF_ATTACH_FAILED', `uprobe on ${path}+${String(fileOffset)}: ${errnoName(errno)}`);
    }
    links.push(link);
  }
  return { close };
}
