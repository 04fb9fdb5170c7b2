/** How each world calls one machine. */
export interface Architecture {
  /** Of container images and Debian. */
  readonly name: 'amd64' | 'arm64';
  /** Of Node and npm. */
  readonly npm: 'x64' | 'arm64';
  /** Of `make -C bpf`. */
  readonly bpf: 'x86_64' | 'arm64';
  /** Folder of Debian's shared libraries. */
  readonly triplet: string;
}

const amd64: Architecture = { name: 'amd64', npm: 'x64', bpf: 'x86_64', triplet: 'x86_64-linux-gnu' };
const arm64: Architecture = { name: 'arm64', npm: 'arm64', bpf: 'arm64', triplet: 'aarch64-linux-gnu' };

export const architectures: readonly Architecture[] = [amd64, arm64];

/** Of the machine that builds. */
export function hostArchitecture(): Architecture {
  return process.arch === 'arm64' ? arm64 : amd64;
}
